import http from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { logView } from "@/lib/logs/views.ts";
import { sqlName } from "@/lib/record/columns.ts";
import { organizationId } from "../build/organizations.ts";
import { inChild } from "../child.ts";
import type { DownloadAnswer, DownloadTask } from "../load/download.ts";
import { ask, expectOk } from "../load/http.ts";
import { type Line, megabytes, ms, perSecond, times } from "../report.ts";
import { type MemoryUse, watchMemory } from "../server.ts";
import { median } from "../statistics.ts";
import type { Context } from "./context.ts";

/** How much the server may grow, in bytes, and what share of COPY it must reach. */
const growthLimit = 64 * 1024 ** 2;
const shareLimit = 0.6;

type Extent = { rows: number /** From when on; undefined: everything. */; from: string | undefined };
type Measured = { product: DownloadAnswer[]; copy: DownloadAnswer[]; memory: MemoryUse[] };

/** The audit log as CSV: all of it, and where more than a million rows were asked for, a million too. */
export async function measureExport(context: Context): Promise<Line[]> {
  const { options } = context;
  const extents: Extent[] = [{ rows: options.rows, from: undefined }];
  if (options.exportRows > options.rows) {
    extents.unshift({ rows: options.rows, from: await timeOfRow(context, options.rows) });
    extents[1] = { rows: options.exportRows, from: undefined };
  }
  // Once before it counts: code is compiled, the heap has its size.
  await measureOnce(context, {
    rows: options.rows,
    from: await timeOfRow(context, Math.floor(options.rows / 10)),
  });
  const lines: Line[] = [];
  for (const extent of extents) {
    const measured: Measured = { product: [], copy: [], memory: [] };
    for (let round = 0; round < options.rounds; round++) {
      const sides = [() => ourTurn(context, extent, measured), () => theirTurn(context, extent, measured)];
      for (const side of round % 2 === 0 ? sides : sides.reverse()) await side();
    }
    lines.push(...(await linesOf(context, extent, measured)));
  }
  return lines;
}

async function ourTurn(context: Context, extent: Extent, { product, memory }: Measured): Promise<void> {
  const stop = watchMemory(context.server.pid);
  product.push(await measureOnce(context, extent));
  memory.push(stop());
  await delay(200);
}

async function theirTurn({ server }: Context, extent: Extent, { copy }: Measured): Promise<void> {
  const task: DownloadTask = { kind: "copy", databaseUrl: server.appUrl, statement: plainCopy(extent) };
  copy.push(await inChild<DownloadAnswer>("load/download.ts", task));
}

function measureOnce({ server, tokens }: Context, { from }: Extent, hash = false): Promise<DownloadAnswer> {
  const params = new URLSearchParams({ format: "csv", ...(from !== undefined && { from }) });
  const task: DownloadTask = {
    kind: "product",
    url: `${server.origin}/api/v1/logs/audit-log/export?${params}`,
    token: tokens.main,
    hash,
  };
  return inChild<DownloadAnswer>("load/download.ts", task);
}

/** The same rows and columns in the same order, as they are: no guard, PostgreSQL's own form of times. */
function plainCopy({ from }: Extent): string {
  const columns = Object.keys(logView("audit-log").columns).map(sqlName);
  const since = from === undefined ? "" : `AND time >= '${from}'`;
  return `COPY (SELECT ${columns.join(", ")} FROM audit_events WHERE organization_id = '${organizationId("main")}' ${since}
    ORDER BY time DESC, id DESC) TO STDOUT (FORMAT csv, HEADER true)`;
}

async function linesOf(
  context: Context,
  extent: Extent,
  { product, copy, memory }: Measured,
): Promise<Line[]> {
  const columns = Object.keys(logView("audit-log").columns).length;
  const rate = (answers: readonly DownloadAnswer[]): number =>
    (extent.rows / median(answers.map(({ milliseconds }) => milliseconds))) * 1000;
  const ratio = rate(product) / rate(copy);
  const growth = Math.max(...memory.map(({ before, highest }) => highest - before));
  const highest = Math.max(...memory.map((use) => use.highest));
  const first = median(product.map(({ firstByte }) => firstByte));
  const { whole, rows } = await check(context, extent);
  const bytes = product[0]?.bytes ?? 0;
  const size = `${extent.rows.toLocaleString("en")} rows × ${columns}, ${megabytes(bytes)}`;
  return [
    {
      what: `CSV export, guarded, ${size}`,
      product: `${perSecond(rate(product))}, first byte ${ms(first)}`,
      baseline: `COPY ${perSecond(rate(copy))}`,
      ratio: `${times(ratio)}${whole ? "" : ", NOT WHOLE"}`,
      target: `at least ${shareLimit}× of COPY`,
      met: whole && ratio >= shareLimit,
      figures: {
        ratio,
        productRate: rate(product),
        copyRate: rate(copy),
        firstByte: first,
        bytes,
        rows,
        whole,
      },
    },
    {
      what: `server memory during it, ${extent.rows.toLocaleString("en")} rows`,
      product: `+${megabytes(growth)} at most`,
      baseline: `highest ${megabytes(highest)}`,
      ratio: "",
      target: `at most +${megabytes(growthLimit)}`,
      met: growth <= growthLimit,
      figures: { growth, highest },
    },
  ];
}

/** One more export whose bytes are hashed: what its record says must be what arrived. */
async function check(context: Context, extent: Extent): Promise<{ whole: boolean; rows: number }> {
  const { server, tokens } = context;
  const answer = await measureOnce(context, extent, true);
  const url = `${server.origin}/api/v1/exports/${answer.exportId}`;
  for (let attempt = 0; ; attempt++) {
    const told = expectOk(await ask(url, { agent: http.globalAgent, token: tokens.main }), url);
    const record = JSON.parse(told) as { state: string; rows: number; bytes: number; sha256: string };
    if (record.state === "running" && attempt < 50) {
      await delay(100);
      continue;
    }
    const whole =
      record.state === "complete" && record.bytes === answer.bytes && record.sha256 === answer.sha256;
    return { whole: whole && Math.abs(record.rows - extent.rows) <= 2000, rows: record.rows };
  }
}

/** When the row was written that stands so far down from the newest. */
async function timeOfRow({ client }: Context, depth: number): Promise<string> {
  const found = await client.query<{ time: string }>(
    `SELECT to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS time FROM audit_events
     WHERE organization_id = $1 ORDER BY time DESC, id DESC OFFSET $2 LIMIT 1`,
    [organizationId("main"), depth - 1],
  );
  const [row] = found.rows;
  if (!row) throw new Error(`the audit log has fewer than ${depth} rows`);
  return row.time;
}
