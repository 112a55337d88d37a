import pg from "pg";
import { answerTask } from "../child.ts";
import { ask, connections, expectOk } from "./http.ts";

/** A question that product and plain SQL answer in turns. */
export type Case = {
  name: string;
  kind: "page" | "histogram" | "values" | "recordings";
  /** Asked one after the other; each has its statement. */
  asked: readonly { path: string; statement: { text: string; values: unknown[] } }[];
  /** Of each round, per side. */
  times: number;
  baselineTimes?: number;
  /** Whose answers are timed, where it is not the task's own. */
  token?: string;
};

export type TurnsTask = {
  origin: string;
  token: string;
  databaseUrl: string;
  rounds: number;
  cases: readonly Case[];
  /** A statement with which the baseline's connection begins. */
  setting?: string;
};

/** Milliseconds of every answer, and whether both sides gave the same one. */
export type TurnsAnswer = {
  name: string;
  product: number[];
  baseline: number[];
  equal: boolean;
  rows: number;
}[];

const agent = connections(1);

answerTask(
  async ({ origin, token, databaseUrl, rounds, cases, setting }: TurnsTask): Promise<TurnsAnswer> => {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    if (setting !== undefined) await client.query(setting.replaceAll("SET LOCAL", "SET"));
    const answers = cases.map(({ name }) => ({
      name,
      product: [] as number[],
      baseline: [] as number[],
      equal: true,
      rows: 0,
    }));
    for (const [place, one] of cases.entries()) {
      const answer = answers[place];
      for (const question of one.asked) {
        const ours = await askProduct(origin, one.token ?? token, question.path, one.kind);
        const theirs = await askDatabase(client, one, question.statement);
        if (!answer) continue;
        answer.equal &&= same(ours.found, theirs.found);
        answer.rows += ours.found.length;
      }
    }
    for (let round = 0; round < rounds; round++) {
      for (const [place, one] of cases.entries()) {
        const answer = answers[place];
        if (!answer) continue;
        const product = async (): Promise<void> => {
          for (let turn = 0; turn < one.times; turn++) {
            const { path = "" } = one.asked[turn % one.asked.length] ?? {};
            answer.product.push((await askProduct(origin, one.token ?? token, path, one.kind)).took);
          }
        };
        const baseline = async (): Promise<void> => {
          for (let turn = 0; turn < (one.baselineTimes ?? one.times); turn++) {
            const question = one.asked[turn % one.asked.length];
            if (question) answer.baseline.push((await askDatabase(client, one, question.statement)).took);
          }
        };
        for (const side of round % 2 === 0 ? [product, baseline] : [baseline, product]) await side();
      }
    }
    await client.end();
    agent.destroy();
    return answers;
  },
);

type Found = { found: string[]; took: number };
type Histogram = {
  buckets: { start: string; counts: { [value: string]: number } }[];
  widthMs: number;
  from: string;
  scannedTo: string | null;
};
type Page = { rows: { id: string }[]; nextCursor: string | null; complete: boolean };

/** What ran out of its time is asked on until it is full or at its end: the time is that of all together. */
async function askProduct(origin: string, token: string, path: string, kind: Case["kind"]): Promise<Found> {
  const started = performance.now();
  const found: string[] = [];
  const bars = new Map<string, number>();
  let next = path;
  for (;;) {
    const body = expectOk(await ask(origin + next, { agent, token }), next);
    if (kind === "histogram") {
      const { buckets, widthMs, from, scannedTo } = JSON.parse(body) as Histogram;
      for (const { start, counts } of buckets)
        for (const [value, n] of Object.entries(counts))
          bars.set(`${start} ${value}`, (bars.get(`${start} ${value}`) ?? 0) + n);
      if (scannedTo === null) {
        const took = performance.now() - started;
        return { found: [...bars].map(([bar, n]) => `${bar} ${n}`).sort(), took };
      }
      const url = new URL(path, origin);
      url.searchParams.set("from", from);
      url.searchParams.set("to", scannedTo);
      url.searchParams.set("width", String(widthMs));
      next = url.pathname + url.search;
      continue;
    }
    if (kind !== "page") {
      const took = performance.now() - started;
      return { found: answersOf[kind](body), took };
    }
    const page = JSON.parse(body) as Page;
    found.push(...page.rows.map(({ id }) => id));
    if (page.complete || page.nextCursor === null || found.length >= 50) {
      return { found: found.slice(0, 50), took: performance.now() - started };
    }
    const url = new URL(next, origin);
    url.searchParams.set("after", page.nextCursor);
    next = url.pathname + url.search;
  }
}

const answersOf = { values: valuesOf, recordings: recordingsOf };

/** The recordings of a search, each once, in its order. */
function recordingsOf(body: string): string[] {
  const { hits } = JSON.parse(body) as { hits: { recordingId: string }[] };
  return [...new Set(hits.map(({ recordingId }) => recordingId))];
}

function valuesOf(body: string): string[] {
  const { values } = JSON.parse(body) as { values: { value: string; count: number }[] };
  return values.map(({ value, count }) => `${value} ${count}`);
}

/** The statement as node-pg prepares it; the rows are joined into one text each. */
async function askDatabase(
  client: pg.Client,
  { name, kind }: Case,
  statement: Case["asked"][number]["statement"],
): Promise<Found> {
  const started = performance.now();
  const result = await client.query({ name: `${name} ${statement.text.length}`, ...statement });
  const took = performance.now() - started;
  if (kind === "page") return { found: result.rows.slice(0, 50).map((row) => String(row["id"])), took };
  const found = result.rows.map((row) => Object.values(row).join(" "));
  if (kind === "recordings") return { found: [...new Set(found)], took };
  return { found: kind === "values" ? found : found.sort(), took };
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, place) => text === b[place]);
}
