import { organizationId } from "../build/organizations.ts";
import { inChild } from "../child.ts";
import type { Case, TurnsAnswer, TurnsTask } from "../load/turns.ts";
import { needles } from "../records/command-lines.ts";
import { at, Random } from "../records/random.ts";
import { type Line, ms, times } from "../report.ts";
import { median, p95 } from "../statistics.ts";
import type { Context } from "./context.ts";
import { pageStatement, valuesStatement } from "./plain-sql.ts";

const samplesPerRound = 40;
/** Milliseconds that a page may take beyond the same SQL. */
const allowance = 5;

/** Pages of the commands at several depths, filters, substrings and type-ahead. */
export async function measurePages(context: Context): Promise<Line[]> {
  const { server, options, tokens } = context;
  const depth = Math.floor(options.rows * 0.9);
  const cursors = await cursorsAt(context, depth);
  const indexed = await combinations(context, ["user", "target", "outcome"]);
  const unindexed = await combinations(context, ["target", "targetUser", "space"]);
  const deep = unindexed.map((params, place) => withCursor(params, at(cursors, place)));
  const search = (texts: readonly string[]): URLSearchParams[] =>
    texts.map((q) => new URLSearchParams({ q }));
  const cases: Case[] = [
    pageCase("first", [new URLSearchParams()]),
    pageCase("first, 3 filters", indexed),
    pageCase("first, 3 filters without index", unindexed),
    pageCase(
      "deep",
      cursors.map((cursor) => withCursor(new URLSearchParams(), cursor)),
    ),
    pageCase("deep, 3 filters", deep),
    pageCase(
      "rare",
      search([needles.rare, needles.rare.slice(2, 12), "systemctl status billing-417", "größe: 77 MB"]),
    ),
    pageCase("old", search([needles.old, "cutover-19b"])),
    pageCase("common", search([needles.common, "sudo", "log"])),
    pageCase("absent", search([needles.absent, "qzx", "systemctl restart nowhere"])),
    typeAhead(),
  ];
  const task: TurnsTask = {
    origin: server.origin,
    token: tokens.main,
    databaseUrl: server.appUrl,
    rounds: options.rounds,
    cases,
  };
  const answers = await inChild<TurnsAnswer>("load/turns.ts", task);
  const named = (name: string): TurnsAnswer[number] => {
    const found = answers.find((answer) => answer.name === name);
    if (!found) throw new Error(`no answer for ${name}`);
    return found;
  };
  const atDepth = depth.toLocaleString("en");
  return [
    besideSql("page of 50, no filter", named("first")),
    besideSql("page of 50, 3 filters, one indexed", named("first, 3 filters")),
    besideSql("page of 50, 3 filters, none indexed", named("first, 3 filters without index")),
    besideSql(`page at a depth of ${atDepth}, no filter`, named("deep")),
    besideSql(`page at a depth of ${atDepth}, 3 filters`, named("deep, 3 filters")),
    besideFirst(`page at a depth of ${atDepth} : first page`, named("deep"), named("first")),
    absolute("substring in commands, rare", named("rare"), 150),
    absolute("substring in commands, rare and old", named("old"), 150),
    absolute("substring in commands, common", named("common"), 150),
    absolute("substring in commands, absent", named("absent"), 150),
    absolute("type-ahead", named("type-ahead"), 200),
  ];
}

function pageCase(name: string, queries: readonly URLSearchParams[]): Case {
  const asked = queries.map((params) => ({
    path: `/api/v1/logs/commands?${params}`,
    statement: pageStatement("commands", params),
  }));
  return { name, kind: "page", asked, times: samplesPerRound };
}

function typeAhead(): Case {
  const wishes = [
    "user:an",
    "user:ova",
    "target:pay",
    "target:eu-w",
    "targetUser:ro",
    "space:in",
    "user:zzz",
  ];
  const asked = wishes.map((wish) => {
    const [filter = "", match = ""] = wish.split(":");
    return {
      path: `/api/v1/logs/commands/values?${new URLSearchParams({ filter, match })}`,
      statement: valuesStatement("commands", filter, match),
    };
  });
  return { name: "type-ahead", kind: "values", asked, times: samplesPerRound, baselineTimes: asked.length };
}

function besideSql(what: string, { product, baseline, equal }: TurnsAnswer[number]): Line {
  const figures = {
    productP95: p95(product),
    productMedian: median(product),
    sqlP95: p95(baseline),
    sqlMedian: median(baseline),
    equal,
  };
  return {
    what,
    product: `p95 ${ms(figures.productP95)}, median ${ms(figures.productMedian)}`,
    baseline: `SQL p95 ${ms(figures.sqlP95)}, median ${ms(figures.sqlMedian)}`,
    ratio: `${figures.productP95 >= figures.sqlP95 ? "+" : "−"}${ms(Math.abs(figures.productP95 - figures.sqlP95))}${equal ? "" : ", OTHER ROWS"}`,
    target: `SQL's p95 + ${allowance} ms`,
    met: equal && figures.productP95 <= figures.sqlP95 + allowance,
    figures,
  };
}

function besideFirst(what: string, deep: TurnsAnswer[number], first: TurnsAnswer[number]): Line {
  const ratio = median(deep.product) / median(first.product);
  const p95Ratio = p95(deep.product) / p95(first.product);
  return {
    what,
    product: `median ${ms(median(deep.product))}, p95 ${ms(p95(deep.product))}`,
    baseline: `first page: median ${ms(median(first.product))}, p95 ${ms(p95(first.product))}`,
    ratio: `${times(ratio)} (p95 ${times(p95Ratio)})`,
    target: "at most 1.5×",
    met: ratio <= 1.5,
    figures: { ratio, p95Ratio },
  };
}

/** A line whose target is so many milliseconds at p95. */
export function absolute(
  what: string,
  { product, baseline, equal, rows }: TurnsAnswer[number],
  limit: number,
): Line {
  const figures = {
    productP95: p95(product),
    productMedian: median(product),
    sqlP95: p95(baseline),
    sqlMedian: median(baseline),
    equal,
    rows,
  };
  return {
    what,
    product: `p95 ${ms(figures.productP95)}, median ${ms(figures.productMedian)}`,
    baseline: `SQL p95 ${ms(figures.sqlP95)}, median ${ms(figures.sqlMedian)}`,
    ratio: `${times(figures.productMedian / figures.sqlMedian)}${equal ? "" : ", OTHER ROWS"}`,
    target: `at most ${limit} ms`,
    met: equal && figures.productP95 <= limit,
    figures,
  };
}

/** Twenty places so many rows down from the newest. */
export async function cursorsAt({ client }: Context, depth: number): Promise<string[]> {
  const found = await client.query<{ cursor: string }>(
    `SELECT to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '~' || id AS cursor FROM commands
     WHERE organization_id = $1 ORDER BY time DESC, id DESC OFFSET $2 LIMIT 20`,
    [organizationId("main"), depth],
  );
  return found.rows.map(({ cursor }) => cursor);
}

export function withCursor(params: URLSearchParams, cursor: string): URLSearchParams {
  const copy = new URLSearchParams(params);
  copy.set("after", cursor);
  return copy;
}

const columns: { [filter: string]: string } = {
  user: "user_name",
  target: "target",
  targetUser: "target_user",
  space: "space",
  outcome: "outcome",
};

/** Twenty combinations of values that stand together in some row: each query has an answer. */
async function combinations(
  { client, stamp, options }: Context,
  filters: readonly string[],
): Promise<URLSearchParams[]> {
  const random = new Random("combinations");
  const list: URLSearchParams[] = [];
  const names = filters.map((filter) => `${columns[filter]} AS "${filter}"`).join(", ");
  for (let number = 0; number < 20; number++) {
    const time = new Date(stamp.anchorMs - random.below(80 * 86_400_000)).toISOString();
    const found = await client.query<{ [filter: string]: string }>(
      `SELECT ${names} FROM commands WHERE organization_id = $1 AND time <= $2 ORDER BY time DESC, id DESC LIMIT 1`,
      [organizationId("main"), time],
    );
    const [row] = found.rows;
    if (!row) throw new Error(`no command before ${time} among ${options.rows}`);
    list.push(new URLSearchParams(filters.map((filter): [string, string] => [filter, row[filter] ?? ""])));
  }
  return list;
}
