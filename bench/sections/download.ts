import http from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { ExportLine } from "@/lib/logs/server/export-state.ts";
import { logView } from "@/lib/logs/views.ts";
import { sqlName } from "@/lib/record/columns.ts";
import { organizationId } from "../build/organizations.ts";
import { inChild } from "../child.ts";
import type { DownloadAnswer, DownloadTask } from "../load/download.ts";
import { ask, connections, expectOk } from "../load/http.ts";
import { type Line, megabytes, ms, perSecond, times } from "../report.ts";
import { watchMemory } from "../server.ts";
import { median, p95 } from "../statistics.ts";
import type { Context } from "./context.ts";

const shareLimit = 0.6;
const growthLimit = 64 * 1024 ** 2;
const pageLimitMs = 150;
const category = "User Management";

/** What Download CSV File gives for a category as long as the audit log, and the workflows in it. */
export async function measureDownload(context: Context): Promise<Line[]> {
  const days = await fillCategory(context);
  try {
    // Once before it counts.
    await download(context, days, false);
    const product: DownloadAnswer[] = [];
    const copy: DownloadAnswer[] = [];
    const growth: number[] = [];
    for (let round = 0; round < context.options.rounds; round++) {
      const stop = watchMemory(context.server.pid);
      product.push(await download(context, days, false));
      const { before, highest } = stop();
      growth.push(highest - before);
      await delay(200);
      copy.push(await plainCopy(context, days));
    }
    const whole = await isWhole(context, days);
    return [
      ...downloadLines(context, product, copy, Math.max(...growth), whole),
      ...(await workflowLines(context)),
    ];
  } finally {
    await emptyCategory(context);
  }
}

type Days = { from: string; to: string };

/** Copies the audit log into another organization, as one category. @returns its first and last day */
async function fillCategory({ client }: Context): Promise<Days> {
  const found = await client.query<{ name: string }>(
    `SELECT attname AS name FROM pg_attribute WHERE attrelid = 'public.audit_events'::regclass AND attnum > 0
     AND NOT attisdropped AND attname NOT IN ('organization_id', 'category', 'epoch', 'xid8', 'seq')`,
  );
  const names = found.rows.map(({ name }) => name).join(", ");
  await client.query("SET session_replication_role = replica");
  await client.query(
    `INSERT INTO audit_events (organization_id, category, ${names})
     SELECT $1, $2, ${names} FROM audit_events WHERE organization_id = $3 ORDER BY time, id`,
    [organizationId("ingestion"), category, organizationId("main")],
  );
  await client.query("RESET session_replication_role");
  await client.query("VACUUM (ANALYZE) audit_events");
  const days = await client.query<Days>(
    `SELECT (min(time) AT TIME ZONE 'UTC')::date::text AS from, (max(time) AT TIME ZONE 'UTC')::date::text AS to
     FROM audit_events WHERE organization_id = $1 AND category = $2`,
    [organizationId("ingestion"), category],
  );
  const [range] = days.rows;
  if (!range) throw new Error("the category has no rows");
  return range;
}

async function emptyCategory({ client }: Context): Promise<void> {
  await client.query("BEGIN; SET LOCAL session_replication_role = replica");
  await client.query("DELETE FROM audit_events WHERE organization_id = $1", [organizationId("ingestion")]);
  await client.query("COMMIT");
  await client.query("VACUUM (ANALYZE) audit_events");
}

function download({ server, tokens }: Context, days: Days, hash: boolean): Promise<DownloadAnswer> {
  const params = new URLSearchParams({ format: "csv", category, ...days });
  const url = `${server.origin}/api/v1/logs/audit-log/export?${params}`;
  const task: DownloadTask = { kind: "product", url, token: tokens.ingestion, hash };
  return inChild<DownloadAnswer>("load/download.ts", task);
}

/** The same rows and columns in the same order: no guard, PostgreSQL's own form of times. */
function plainCopy({ server }: Context, { from, to }: Days): Promise<DownloadAnswer> {
  const columns = Object.keys(logView("audit-log").columns).map(sqlName).join(", ");
  const statement = `COPY (SELECT ${columns} FROM audit_events
    WHERE organization_id = '${organizationId("ingestion")}' AND category = '${category}'
      AND time >= '${from}T00:00:00Z' AND time < timestamptz '${to}T00:00:00Z' + interval '1 day'
    ORDER BY time DESC, id DESC) TO STDOUT (FORMAT csv, HEADER true)`;
  return inChild<DownloadAnswer>("load/download.ts", {
    kind: "copy",
    databaseUrl: server.appUrl,
    statement,
  } satisfies DownloadTask);
}

/** One more download whose bytes are hashed: rows counted before, rows of the file, bytes and digest agree. */
async function isWhole(context: Context, days: Days): Promise<boolean> {
  const { server, tokens, options } = context;
  const answer = await download(context, days, true);
  const url = `${server.origin}/api/v1/exports/${answer.exportId}`;
  for (;;) {
    const told = expectOk(await ask(url, { agent: http.globalAgent, token: tokens.ingestion }), url);
    const line = JSON.parse(told) as ExportLine;
    if (line.state === "running") {
      await delay(100);
      continue;
    }
    const { state, rows, total, bytes, sha256 } = line;
    return (
      state === "complete" &&
      rows === options.exportRows &&
      total === rows &&
      bytes === answer.bytes &&
      sha256 === answer.sha256
    );
  }
}

function downloadLines(
  { options }: Context,
  product: readonly DownloadAnswer[],
  copy: readonly DownloadAnswer[],
  growth: number,
  whole: boolean,
): Line[] {
  const rate = (answers: readonly DownloadAnswer[]): number =>
    (options.exportRows / median(answers.map(({ milliseconds }) => milliseconds))) * 1000;
  const [productRate, copyRate] = [rate(product), rate(copy)];
  const ratio = productRate / copyRate;
  const firstByte = median(product.map((answer) => answer.firstByte));
  const bytes = product[0]?.bytes ?? 0;
  return [
    {
      what: `CSV of one category, ${options.exportRows.toLocaleString("en")} rows × 17, ${megabytes(bytes)}`,
      product: `${perSecond(productRate)}, first byte ${ms(firstByte)}`,
      baseline: `COPY ${perSecond(copyRate)}`,
      ratio: `${times(ratio)}${whole ? "" : ", NOT WHOLE"}`,
      target: `at least ${shareLimit}× of COPY`,
      met: whole && ratio >= shareLimit,
      figures: { ratio, productRate, copyRate, firstByte, bytes, whole },
    },
    {
      what: "server memory during it",
      product: `+${megabytes(growth)} at most`,
      baseline: "",
      ratio: "",
      target: `at most +${megabytes(growthLimit)}`,
      met: growth <= growthLimit,
      figures: { growth },
    },
  ];
}

const pages = 40;

/** Pages of 50 workflows: the newest, and behind nine tenths of the rows. */
async function workflowLines({ server, tokens, client, options }: Context): Promise<Line[]> {
  const deep = await client.query<{ cursor: string }>(
    `SELECT to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '~' || id AS cursor FROM audit_events
     WHERE organization_id = $1 ORDER BY time DESC, id DESC OFFSET $2 LIMIT 1`,
    [organizationId("ingestion"), Math.floor(options.exportRows * 0.9)],
  );
  const agent = connections(1);
  const measure = async (params: URLSearchParams): Promise<number> => {
    const samples: number[] = [];
    for (let page = 0; page < pages; page++) {
      const url = `${server.origin}/api/v1/workflows?${params}`;
      const started = performance.now();
      expectOk(await ask(url, { agent, token: tokens.ingestion }), url);
      samples.push(performance.now() - started);
    }
    return p95(samples);
  };
  const first = await measure(new URLSearchParams());
  const far = await measure(new URLSearchParams({ after: deep.rows[0]?.cursor ?? "" }));
  const rare = await measure(new URLSearchParams({ operationStatus: "failure" }));
  agent.destroy();
  const slowest = Math.max(first, far, rare);
  return [
    {
      what: "page of 50 workflows: newest, 90 % deep, failed ones, p95",
      product: [first, far, rare].map(ms).join(", "),
      baseline: "",
      ratio: "",
      target: `at most ${pageLimitMs} ms`,
      met: slowest <= pageLimitMs,
      figures: { first, far, rare },
    },
  ];
}
