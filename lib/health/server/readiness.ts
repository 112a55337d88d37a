import "server-only";
import { pool } from "@/lib/db/client.ts";
import { logViews } from "@/lib/logs/views.ts";
import { recordColumns, recordTables, sqlName } from "@/lib/record/columns.ts";

/** Ready, or why not in words that tell a stranger nothing. */
export type Readiness = { ready: true } | { ready: false; reason: string };

/** The database must answer within this time. */
export const patienceMs = 2000;
/** Probes within this time share one look at the database: anybody may ask. */
const rememberedMs = 1000;

let latest: { at: number; answer: Promise<Readiness> } | undefined;

/** Whether the database answers in time and has what this version of Daybook reads and writes. Never rejects. */
export function readiness(): Promise<Readiness> {
  const now = performance.now();
  if (!latest || now - latest.at >= rememberedMs) latest = { at: now, answer: look() };
  return latest.answer;
}

async function look(): Promise<Readiness> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<Readiness>((resolve) => {
    const reason = `The database did not answer within ${patienceMs / 1000} seconds.`;
    timer = setTimeout(() => resolve({ ready: false, reason }), patienceMs);
  });
  const asked = missingColumns().then<Readiness, Readiness>(
    (missing) =>
      missing.length === 0
        ? { ready: true }
        : {
            ready: false,
            reason: "The database's schema is not that of this version: migrations are missing.",
          },
    () => ({ ready: false, reason: "The database cannot be reached, or refuses the application's role." }),
  );
  const answer = await Promise.race([asked, tooLate]);
  clearTimeout(timer);
  return answer;
}

/**
 * Columns of the logs that the database does not have, as `table.column`. The history of migrations itself is
 * closed to the application's role; what a log lacks shows that one was not applied.
 */
async function missingColumns(): Promise<string[]> {
  const found = await pool().query<{ missing: string }>(
    `SELECT wanted AS missing FROM unnest($1::text[]) AS wanted
     WHERE NOT EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
       WHERE c.relnamespace = 'public'::regnamespace AND c.relname = split_part(wanted, '.', 1)
         AND a.attname = split_part(wanted, '.', 2) AND NOT a.attisdropped)
     UNION ALL SELECT 'epochs' WHERE NOT EXISTS (SELECT FROM epochs)`,
    [neededColumns()],
  );
  return found.rows.map(({ missing }) => missing);
}

function neededColumns(): string[] {
  const logs = Object.values(logViews).flatMap(({ table, columns }) => namesIn(table, Object.keys(columns)));
  const records = Object.entries(recordTables).flatMap(([log, table]) =>
    namesIn(table, Object.keys(recordColumns[log as keyof typeof recordTables])),
  );
  return [...new Set([...logs, ...records])];
}

function namesIn(table: string, fields: readonly string[]): string[] {
  return fields.map((field) => `${table}.${sqlName(field)}`);
}
