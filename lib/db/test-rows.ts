import type { ClientBase } from "pg";
import { v7 as uuidv7 } from "uuid";
import type { LogView } from "@/lib/logs/define.ts";
import { sqlName } from "@/lib/record/columns.ts";

/** The months that random rows lie in. */
export const months = ["2025-12", "2026-01", "2026-02"];

/** Numbers from 0 to below 1, the same in every run. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A row by the names of its columns. */
export type Row = { [column: string]: string | number | null };
export type Random = ReturnType<typeof randomFrom>;

export const pick = <T>(random: Random, values: readonly T[]): T => {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new Error("nothing to pick from");
  return value;
};

/** The columns whose values are counted: of filters that suggest by month, of the series by hour. */
export function countedColumns(view: LogView): string[] {
  const suggested = Object.values(view.filters).flatMap((filter) =>
    filter.kind === "name" && filter.suggest ? [filter.column] : [],
  );
  return [...new Set([...suggested, view.series.column])];
}

async function columnsToFill(
  owner: ClientBase,
  table: string,
): Promise<{ name: string; type: string; nullable: boolean }[]> {
  const found = await owner.query<{ name: string; type: string; nullable: boolean }>(
    `SELECT column_name AS name, udt_name AS type, is_nullable = 'YES' AS nullable FROM information_schema.columns
     WHERE table_schema = 'public' AND table_name = $1 AND column_default IS NULL`,
    [table],
  );
  return found.rows;
}

/** Hours around the ends of months, with microseconds. */
export function randomTime(random: Random): string {
  const month = pick(random, months);
  const [day, hour] = pick(random, [
    ["01", "00"],
    ["01", "01"],
    ["15", "12"],
    ["31", "23"],
    ["28", "23"],
  ] as const);
  const safeDay = month === "2026-02" && day === "31" ? "28" : day;
  return `${month}-${safeDay}T${hour}:${pick(random, ["00", "30", "59"])}:59.999${pick(random, ["000", "999"])}Z`;
}

/** Makes random rows: few values in each counted column, nothing in some, something in what must hold something. */
export async function rowMaker(
  owner: ClientBase,
  view: LogView,
  random: Random,
  organizations: readonly string[],
): Promise<() => Row> {
  const columns = await columnsToFill(owner, view.table);
  const counted = new Set(countedColumns(view).map(sqlName));
  const series = sqlName(view.series.column);
  return () => {
    const row: Row = {};
    for (const { name, type, nullable } of columns) {
      if (name === series) row[name] = pick(random, view.series.values);
      else if (counted.has(name))
        row[name] = nullable && random() < 0.3 ? null : pick(random, ["a", "B", "b ", "ü%_", "'x"]);
      else if (nullable) continue;
      else if (type === "timestamptz") row[name] = randomTime(random);
      else if (type === "uuid") row[name] = uuidv7();
      else row[name] = type === "bytea" ? "\\x00" : type === "text" ? "x" : 1;
    }
    return { ...row, organization_id: pick(random, organizations) };
  };
}

const stages = ["RequestReceived", "ResponseStarted", "ResponseComplete"] as const;

/** Every call gives some of its stages, whose later ones tell more; all of them in random order. */
export function stagesOf(calls: readonly Row[], random: Random, view: LogView): Row[] {
  const by = sqlName(view.stages?.by ?? "id");
  const rows = calls.flatMap((call) =>
    stages.flatMap((stage, rank) => {
      if (random() < 0.3) return [];
      const early =
        rank < 2
          ? { outcome: view.series.values.includes("pending") ? "pending" : "started", target_user: null }
          : {};
      const named = "stage" in call ? { stage } : {};
      return [{ ...call, ...early, ...named, id: uuidv7(), [by]: String(call["id"]), stage_rank: rank }];
    }),
  );
  return rows
    .map((row) => ({ row, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ row }) => row);
}
