import { grantSourceToken, organizationId, sourceId } from "../build/organizations.ts";
import { inChild } from "../child.ts";
import type { IngestAnswer, IngestTask } from "../load/ingest.ts";
import type { UnnestAnswer, UnnestTask } from "../load/unnest.ts";
import { type Line, ms, perSecond, times } from "../report.ts";
import { median, p95, quantile } from "../statistics.ts";
import { removeIngested } from "./clean-up.ts";
import type { Context } from "./context.ts";

const batch = 500;
const batchClients = 4;
const singleClients = 32;
const recordsPerRound = 100_000;
const singlesPerRound = 15_000;

/** Batches against `unnest` into the same table, and single records against an INSERT for each. */
export async function measureIngest(context: Context): Promise<Line[]> {
  const { client, options } = context;
  await removeIngested(context);
  const token = await grantSourceToken(client, "ingestion", "connection-events");
  const other = await grantSourceToken(client, "ingestion", "commands");
  const run = `${Date.now().toString(36)}`;
  const figures = {
    batches: [] as IngestAnswer[],
    twoSources: [] as IngestAnswer[],
    unnest: [] as UnnestAnswer[],
    singles: [] as IngestAnswer[],
    inserts: [] as UnnestAnswer[],
  };
  const post = (
    seed: string,
    tokens: string[],
    records: number,
    size: number,
    clients: number,
  ): Promise<IngestAnswer> => {
    const task: IngestTask = { origin: context.server.origin, tokens, seed, records, batch: size, clients };
    return inChild<IngestAnswer>("load/ingest.ts", task);
  };
  const insert = (seed: string, records: number, size: number, clients: number): Promise<UnnestAnswer> => {
    const ids = {
      organizationId: organizationId("baseline"),
      sourceId: sourceId("baseline", "connection-events"),
    };
    const task: UnnestTask = {
      databaseUrl: context.server.appUrl,
      ...ids,
      seed,
      records,
      batch: size,
      clients,
    };
    return inChild<UnnestAnswer>("load/unnest.ts", task);
  };
  // Once before it counts: code is compiled, statements are known.
  await post(`${run}w`, [token], 10_000, batch, batchClients);
  for (let round = 0; round < options.rounds; round++) {
    const seed = `${run}${round}`;
    const turns = [
      async () => figures.batches.push(await post(`${seed}b`, [token], recordsPerRound, batch, batchClients)),
      async () => figures.unnest.push(await insert(`${seed}u`, recordsPerRound, batch, batchClients)),
      async () => figures.singles.push(await post(`${seed}s`, [token], singlesPerRound, 1, singleClients)),
      async () => figures.inserts.push(await insert(`${seed}i`, singlesPerRound, 1, singleClients)),
      async () =>
        figures.twoSources.push(await post(`${seed}t`, [token, other], recordsPerRound, batch, batchClients)),
    ];
    for (const turn of round % 2 === 0 ? turns : turns.reverse()) await turn();
  }
  await requireAllStored(context, figures);
  await removeIngested(context);
  return linesOf(figures);
}

type Figures = {
  batches: IngestAnswer[];
  twoSources: IngestAnswer[];
  unnest: UnnestAnswer[];
  singles: IngestAnswer[];
  inserts: UnnestAnswer[];
};

/** @throws Error when the record holds other rows than were acknowledged */
async function requireAllStored(
  { client }: Context,
  { batches, twoSources, singles }: Figures,
): Promise<void> {
  const accepted = [...batches, ...twoSources, ...singles].reduce((sum, answer) => sum + answer.accepted, 0);
  const found = await client.query<{ n: number }>(
    "SELECT count(*)::int AS n FROM connection_events WHERE organization_id = $1 AND source_record_id NOT LIKE '%w-%'",
    [organizationId("ingestion")],
  );
  const stored = found.rows[0]?.n;
  if (stored !== accepted) throw new Error(`${accepted} records were accepted and ${stored} are stored`);
}

function linesOf({ batches, twoSources, unnest, singles, inserts }: Figures): Line[] {
  const rate = (answers: readonly IngestAnswer[]): number =>
    median(answers.map(({ accepted, milliseconds }) => (accepted / milliseconds) * 1000));
  const baseRate = (answers: readonly UnnestAnswer[]): number =>
    median(answers.map(({ inserted, milliseconds }) => (inserted / milliseconds) * 1000));
  const acks = batches.flatMap(({ answers }) => answers);
  const singleAcks = singles.flatMap(({ answers }) => answers);
  const ratio = rate(batches) / baseRate(unnest);
  const lines: Line[] = [
    {
      what: `ingestion over HTTP, ${batch} × ${batchClients} connections : unnest`,
      product: `${perSecond(rate(batches))}, answer p95 ${ms(p95(acks))}`,
      baseline: `unnest ${perSecond(baseRate(unnest))}`,
      ratio: times(ratio),
      target: "at least 0.5× of unnest",
      met: ratio >= 0.5,
      figures: { ratio, productRate: rate(batches), unnestRate: baseRate(unnest), answerP95: p95(acks) },
    },
    {
      what: "ingestion over HTTP, connection events",
      product: `${perSecond(rate(batches))} (two sources: ${perSecond(rate(twoSources))})`,
      baseline: "",
      ratio: "",
      target: "at least 20,000/s",
      met: rate(batches) >= 20_000,
      figures: { productRate: rate(batches), twoSourcesRate: rate(twoSources) },
    },
    {
      what: `single records from ${singleClients} clients, each after its commit`,
      product: `${perSecond(rate(singles))}, answer p50 ${ms(median(singleAcks))}, p99 ${ms(quantile(singleAcks, 0.99))}`,
      baseline: `INSERT each ${perSecond(baseRate(inserts))}`,
      ratio: times(rate(singles) / baseRate(inserts)),
      target: "at least 3,000/s",
      met: rate(singles) >= 3000,
      figures: {
        productRate: rate(singles),
        insertRate: baseRate(inserts),
        answerMedian: median(singleAcks),
        answerP99: quantile(singleAcks, 0.99),
        clientCpuShare: median(singles.map(({ clientCpu, milliseconds }) => clientCpu / milliseconds)),
      },
    },
  ];
  return lines;
}
