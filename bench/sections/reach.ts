import { widthFor } from "@/lib/logs/server/histogram.ts";
import { organizationId } from "../build/organizations.ts";
import { grantReaders, type Reader } from "../build/readers.ts";
import { inChild } from "../child.ts";
import type { Case, TurnsAnswer, TurnsTask } from "../load/turns.ts";
import { needles } from "../records/command-lines.ts";
import { type Line, ms, times } from "../report.ts";
import { median, p95 } from "../statistics.ts";
import type { Context } from "./context.ts";
import { cursorsAt, withCursor } from "./pages.ts";
import { histogramStatement, pageStatement } from "./plain-sql.ts";

const samplesPerRound = 10;
const dayMs = 86_400_000;

/** What one read asks; the same of everybody. */
type Read = { name: string; kind: "page" | "histogram"; asked: readonly URLSearchParams[] };

/**
 * The same reads of the commands by who sees all, the rows of a target, those of a space, and shared sessions alone:
 * each until it is complete, and compared with plain SQL of the same scope.
 */
export async function measureReach(context: Context): Promise<Line[]> {
  const { server, options, tokens, client } = context;
  const reads = await readsOf(context);
  const { target, space, shared } = await grantReaders(client);
  const readers: { [who: string]: Reader } = {
    "one target": target,
    "one space": space,
    "shared sessions": shared,
  };
  const task: TurnsTask = {
    origin: server.origin,
    token: tokens.main,
    databaseUrl: server.appUrl,
    rounds: options.rounds,
    cases: reads.flatMap((read) => [
      caseOf(read, "all"),
      ...Object.entries(readers).map(([who, reader]) => caseOf(read, who, reader)),
    ]),
  };
  const answers = await inChild<TurnsAnswer>("load/turns.ts", task);
  const named = (name: string): TurnsAnswer[number] => {
    const found = answers.find((answer) => answer.name === name);
    if (!found) throw new Error(`no answer for ${name}`);
    return found;
  };
  return reads.flatMap(({ name }) =>
    Object.entries(readers).map(([who, { sees }]) =>
      lineOf(`${name}: ${who} (${sees})`, named(`${name}, ${who}`), named(`${name}, all`)),
    ),
  );
}

async function readsOf(context: Context): Promise<Read[]> {
  const { options, stamp } = context;
  const people = await peopleOf(context);
  const cursors = await cursorsAt(context, Math.floor(options.rows * 0.5));
  const month = new URLSearchParams({
    from: new Date(stamp.anchorMs - 30 * dayMs + 1_234_567).toISOString(),
    to: new Date(stamp.anchorMs - 7_654_321).toISOString(),
  });
  const one = new URLSearchParams();
  return [
    { name: "page of 50", kind: "page", asked: [one] },
    {
      name: "page of 50 in the middle",
      kind: "page",
      asked: cursors.map((cursor) => withCursor(one, cursor)),
    },
    { name: "page of refused commands", kind: "page", asked: [new URLSearchParams({ outcome: "rejected" })] },
    {
      name: "page of a person's commands",
      kind: "page",
      asked: people.map((user) => new URLSearchParams({ user })),
    },
    { name: "rare text", kind: "page", asked: [new URLSearchParams({ q: needles.rare })] },
    { name: "text that is not there", kind: "page", asked: [new URLSearchParams({ q: needles.absent })] },
    { name: "30 days by outcome", kind: "histogram", asked: [month] },
  ];
}

/** People of whom there is much, something and little. */
async function peopleOf({ client }: Context): Promise<string[]> {
  const found = await client.query<{ user: string }>(
    `SELECT user_name AS "user" FROM (
       SELECT user_name, row_number() OVER (ORDER BY count(*) DESC, user_name) AS place FROM commands
       WHERE organization_id = $1 GROUP BY 1) AS p WHERE place IN (2, 20, 200) ORDER BY place`,
    [organizationId("main")],
  );
  return found.rows.map(({ user }) => user);
}

function caseOf({ name, kind, asked }: Read, who: string, reader?: Reader): Case {
  const scope = reader?.scope;
  return {
    name: `${name}, ${who}`,
    kind,
    asked: asked.map((params) =>
      kind === "page"
        ? { path: `/api/v1/logs/commands?${params}`, statement: pageStatement("commands", params, scope) }
        : {
            path: `/api/v1/logs/commands/histogram?${params}`,
            statement: histogramStatement("commands", params, widthFor(30 * dayMs - 8_888_888), scope),
          },
    ),
    times: samplesPerRound,
    baselineTimes: 1,
    ...(reader && { token: reader.token }),
  };
}

function lineOf(what: string, part: TurnsAnswer[number], all: TurnsAnswer[number]): Line {
  const figures = {
    partP95: p95(part.product),
    partMedian: median(part.product),
    allP95: p95(all.product),
    allMedian: median(all.product),
    equal: part.equal,
    rows: part.rows,
  };
  return {
    what,
    product: `p95 ${ms(figures.partP95)}, median ${ms(figures.partMedian)}`,
    baseline: `who sees all: p95 ${ms(figures.allP95)}, median ${ms(figures.allMedian)}`,
    ratio: `${times(figures.partMedian / figures.allMedian)}${part.equal ? "" : ", OTHER ROWS"}`,
    target: "",
    met: undefined,
    figures,
  };
}
