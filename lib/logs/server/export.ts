import "server-only";
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import { v7 as uuidv7 } from "uuid";
import { dedicatedClient, pool, prisma } from "@/lib/db/client.ts";
import { formatQuery, type LogQuery } from "../query.ts";
import { type LogSlug, logView } from "../views.ts";
import { type ExportFormat, exportSql } from "./export-sql.ts";
import type { Scope } from "./sql.ts";

/** Exports at once in one server process; more are told to come back. */
export const maxExports = 4;

export type ExportState = "running" | "complete" | "cancelled" | "failed";
export type ExportOwner = { id: string; name: string };
export type StartedExport = { id: string; fileName: string; contentType: string; body: ReadableStream<Uint8Array> };

const contentTypes: { [format in ExportFormat]: string } = {
  csv: "text/csv; charset=utf-8; header=present",
  json: "application/json",
  ndjson: "application/x-ndjson",
};

const running = new Map<string, () => void>();

export class TooManyExports extends Error {
  override name = "TooManyExports";
}

/**
 * Starts an export: a stream of everything that the query matches, whose state, rows, bytes and SHA-256 are
 * kept under its id. The stream fails, rather than ends, when the database fails or someone cancels.
 * @throws TooManyExports beyond {@link maxExports}
 */
export async function startExport(
  slug: LogSlug,
  scope: Scope,
  query: LogQuery,
  format: ExportFormat,
  owner: ExportOwner,
  onEnd: (state: ExportState) => Promise<void>,
  id: string = uuidv7(),
): Promise<StartedExport> {
  if (running.size >= maxExports) throw new TooManyExports(`${maxExports} exports are running`);
  const view = logView(slug);
  // The place is taken before the first await, so that two at once cannot both have the last one.
  running.set(id, () => undefined);
  const client = dedicatedClient("export");
  try {
    const row = { id, organizationId: scope.organizationId, actor: owner.name, actorId: owner.id, log: slug, format };
    await prisma().export.create({ data: { ...row, query: formatQuery(query).toString() } });
    await client.connect();
  } catch (error) {
    running.delete(id);
    throw error;
  }
  const copy = client.query(copyTo(exportSql(view, scope, query, format, Date.now())));
  const source = Readable.from(measured(id, client, copy, format, onEnd), { objectMode: false, highWaterMark: 262_144 });
  running.set(id, () => source.destroy(new Error("The export was cancelled")));
  const body = Readable.toWeb(source) as ReadableStream<Uint8Array>;
  const stamp = new Date().toISOString().slice(0, 19).replace(/[-:]/g, "");
  return { id, fileName: `${slug}-${stamp}Z.${format}`, contentType: contentTypes[format], body };
}

/** Cancels a running export of this process. @returns whether there was one */
export function cancelExport(id: string): boolean {
  const cancel = running.get(id);
  cancel?.();
  return cancel !== undefined;
}

type CopyStream = ReturnType<typeof copyTo>;

async function* measured(
  id: string,
  client: pg.Client,
  copy: CopyStream,
  format: ExportFormat,
  onEnd: (state: ExportState) => Promise<void>,
): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  let bytes = 0;
  let outcome: { state: ExportState; error?: string } = { state: "cancelled" };
  const progress = setInterval(() => void saveProgress(id, client, bytes), 1000);
  client.on("error", (error) => copy.destroy(error));
  let broken: Error | undefined;
  copy.once("error", (error) => {
    broken = error;
  });
  try {
    for await (const chunk of format === "json" ? asArray(copy) : copy) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
    outcome = { state: "complete" };
  } catch (error) {
    // Whoever destroys the stream throws into it here too; only the copy's own error is a failure.
    if (broken) outcome = { state: "failed", error: broken.message };
    throw error;
  } finally {
    clearInterval(progress);
    running.delete(id);
    // A COPY that nobody reads must not go on in the database.
    if (outcome.state === "complete") await client.end();
    else await stopBackend(client);
    const finished = { ...outcome, bytes: BigInt(bytes), finishedAt: new Date() };
    const proof = outcome.state === "complete" ? { rows: BigInt(rowsOf(copy)), sha256: hash.digest("hex") } : {};
    await prisma().export.update({ where: { id }, data: { ...finished, ...proof } });
    await onEnd(outcome.state);
  }
}

function rowsOf(copy: CopyStream): number {
  return copy.rowCount;
}

async function stopBackend(client: pg.Client): Promise<void> {
  const pid = backendPid(client);
  if (pid !== undefined) await pool().query("SELECT pg_terminate_backend($1)", [pid]);
  client.connection.stream.destroy();
}

function backendPid(client: pg.Client): number | undefined {
  const { processID } = client as unknown as { processID: number | null };
  return processID ?? undefined;
}

/** COPY's own progress gives the rows, for a CSV row may have several lines. */
async function saveProgress(id: string, client: pg.Client, bytes: number): Promise<void> {
  const found = await pool().query<{ rows: string }>(
    "SELECT tuples_processed::text AS rows FROM pg_stat_progress_copy WHERE pid = $1",
    [backendPid(client)],
  );
  const rows = found.rows[0]?.rows;
  await pool().query("UPDATE exports SET bytes = $2, rows = coalesce($3, rows) WHERE id = $1 AND state = 'running'", [
    id,
    bytes,
    rows ?? null,
  ]);
}

/** Lines of JSON as one array. JSON text holds no raw newline, so each one ends a row. */
async function* asArray(lines: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let pending = "[\n";
  for await (const chunk of lines) {
    const text = chunk.toString("latin1");
    const ended = text.endsWith("\n");
    yield Buffer.from(pending + (ended ? text.slice(0, -1) : text).replaceAll("\n", ",\n"), "latin1");
    pending = ended ? ",\n" : "";
  }
  yield Buffer.from(pending === "[\n" ? "[]\n" : "\n]\n");
}

/** Exports that a stopped server left running can never end: called once at start. */
export async function closeOrphanedExports(): Promise<void> {
  await prisma().export.updateMany({
    where: { state: "running" },
    data: { state: "failed", error: "The server stopped", finishedAt: new Date() },
  });
}

export type ExportLine = {
  id: string;
  actorId: string;
  log: string;
  format: string;
  query: string;
  state: ExportState;
  rows: number | null;
  bytes: number;
  /** Of the bytes of the body, in hex; null until it is complete. */
  sha256: string | null;
  error: string | null;
  startedAt: string;
  finishedAt: string | null;
};

/** An export of an organization by its id. */
export async function getExport(organizationId: string, id: string): Promise<ExportLine | null> {
  const found = await prisma().export.findFirst({ where: { id, organizationId } });
  if (!found) return null;
  const { actorId, log, format, query, sha256, error } = found;
  return {
    id,
    actorId,
    log,
    format,
    query,
    state: found.state as ExportState,
    rows: found.rows === null ? null : Number(found.rows),
    bytes: Number(found.bytes),
    sha256,
    error,
    startedAt: found.startedAt.toISOString(),
    finishedAt: found.finishedAt?.toISOString() ?? null,
  };
}
