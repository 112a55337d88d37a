import "server-only";
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import { v7 as uuidv7 } from "uuid";
import { dedicatedClient, pool, prisma } from "@/lib/db/client.ts";
import { Problem } from "@/lib/http/problem.ts";
import { log } from "@/lib/log.ts";
import { formatQuery, type LogQuery } from "../query.ts";
import { type LogSlug, logView } from "../views.ts";
import { inBlocks, inFormat } from "./export-bytes.ts";
import { countSql, type ExportFormat, exportSql } from "./export-sql.ts";
import type { ExportState } from "./export-state.ts";
import type { Scope } from "./sql.ts";

/** Exports at once in one server process; more are told to come back. */
export const maxExports = 4;

export type ExportOwner = { id: string; name: string };
export type StartedExport = {
  id: string;
  /** Rows that the file will have, where indexes count them at once. */
  total: number | null;
  contentType: string;
  body: ReadableStream<Uint8Array>;
};

const contentTypes: { [format in ExportFormat]: string } = {
  csv: "text/csv; charset=utf-8; header=present",
  json: "application/json",
  ndjson: "application/x-ndjson",
};

/** How to cancel each export of this process; ids are chosen by callers and belong to their organization. */
const running = new Map<string, () => void>();

function keyOf({ organizationId }: Pick<Scope, "organizationId">, id: string): string {
  return `${organizationId} ${id}`;
}

/** The organization has an export with this id already. */
function idTaken(id: string, how: "is running" | "has ended"): Problem {
  return new Problem(409, `The export ${id} ${how}: choose another exportId.`, {
    errors: [{ parameter: "exportId", reason: "is taken" }],
  });
}

/** One of the {@link maxExports} places. */
export type ExportPlace = {
  id: string;
  release: () => void;
  /** Says how it is cancelled, once it runs. */
  cancelWith: (cancel: () => void) => void;
};

/**
 * Takes a place for an export under its id, at once: of two callers only one has the last one. The export gives
 * it back when it ends; whoever starts none releases it.
 * @throws Problem 429 beyond {@link maxExports}, 409 while one of this id runs
 */
export function takeExportPlace(scope: Pick<Scope, "organizationId">, id: string = uuidv7()): ExportPlace {
  const key = keyOf(scope, id);
  if (running.has(key)) throw idTaken(id, "is running");
  if (running.size >= maxExports) {
    throw new Problem(429, `${maxExports} exports are running. Try again when one has ended.`, {
      headers: { "retry-after": "10" },
    });
  }
  running.set(key, () => undefined);
  return {
    id,
    release: () => void running.delete(key),
    cancelWith: (cancel) => void running.set(key, cancel),
  };
}

/**
 * Starts an export: a stream of everything that the query matches, whose state, rows, bytes and SHA-256 are
 * kept under its id. The stream fails, rather than ends, when the database fails or someone cancels.
 * @param place of the same scope; given back in any case
 * @throws Problem 409 when the organization has an export of this id
 */
export async function startExport(
  slug: LogSlug,
  scope: Scope,
  query: LogQuery,
  format: ExportFormat,
  owner: ExportOwner,
  onEnd: (state: ExportState, proof: ExportProof) => Promise<void>,
  { id, release, cancelWith }: ExportPlace = takeExportPlace(scope),
): Promise<StartedExport> {
  const key = keyOf(scope, id);
  const nowMs = Date.now();
  const client = dedicatedClient("export");
  const run: Run = {
    key,
    id,
    scope,
    client,
    format,
    onEnd,
    total: null,
    copy: undefined,
    broken: undefined,
    bytes: 0,
    begun: false,
  };
  client.on("error", (error) => run.copy?.destroy(error));
  try {
    await client.connect();
    // Parallel workers would sort everything before the first row; one process walks the index and begins at once.
    await client.query("SET max_parallel_workers_per_gather = 0");
    run.total = await countAhead(client, slug, scope, query, nowMs);
    const { organizationId } = scope;
    const row = { id, organizationId, actor: owner.name, actorId: owner.id, log: slug, format };
    await prisma().export.create({
      data: { ...row, query: formatQuery(query).toString(), total: run.total },
    });
  } catch (error) {
    release();
    client.connection.stream.destroy();
    throw problemOfTakenId(error, id) ?? error;
  }
  const copy = client.query(copyTo(exportSql(logView(slug), scope, query, format, nowMs)));
  run.copy = copy;
  copy.on("error", (error) => {
    run.broken ??= error;
  });
  const source = Readable.from(measured(run, copy), { objectMode: false, highWaterMark: 262_144 });
  // A stream that is given up before its first byte was asked for has not begun, and nothing in it would end.
  source.once("close", () => {
    if (!run.begun) finish(run, { state: "cancelled" }, {}).catch((error: unknown) => noteFault(error, id));
  });
  cancelWith(() => source.destroy(new Error("The export was cancelled")));
  const body = Readable.toWeb(source) as ReadableStream<Uint8Array>;
  return { id, total: run.total, contentType: contentTypes[format], body };
}

/**
 * Counts what will be copied, in the snapshot that is copied then: rows that come in between are in neither. Only
 * where indexes serve every condition; else the rows would be looked through twice.
 */
async function countAhead(
  client: pg.Client,
  slug: LogSlug,
  scope: Scope,
  query: LogQuery,
  nowMs: number,
): Promise<number | null> {
  const statement = countSql(logView(slug), scope, query, nowMs);
  if (statement === undefined) return null;
  await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  const counted = await client.query<{ n: string }>(statement);
  return Number(counted.rows[0]?.n);
}

/** The problem behind Prisma's code for a value that must be unique and is not; undefined for any other error. */
export function problemOfTakenId(error: unknown, id: string): Problem | undefined {
  return error instanceof Error && "code" in error && error.code === "P2002"
    ? idTaken(id, "has ended")
    : undefined;
}

function noteFault(error: unknown, exportId: string): void {
  log().error({ err: error, exportId }, "the state of an export could not be written");
}

/** Cancels a running export of this process. @returns whether there was one */
export function cancelExport(organizationId: string, id: string): boolean {
  const cancel = running.get(keyOf({ organizationId }, id));
  cancel?.();
  return cancel !== undefined;
}

/** What a complete export is known by; empty for one that did not end well. */
export type ExportProof = { rows?: number; bytes?: number; sha256?: string };

type CopyStream = ReturnType<typeof copyTo>;

/** An export under way. */
type Run = {
  key: string;
  id: string;
  scope: Scope;
  client: pg.Client;
  format: ExportFormat;
  onEnd: (state: ExportState, proof: ExportProof) => Promise<void>;
  /** What was counted in the snapshot that is copied. */
  total: number | null;
  copy: CopyStream | undefined;
  /** What the database broke it off with. */
  broken: Error | undefined;
  bytes: number;
  begun: boolean;
};

type Outcome = { state: ExportState; error?: string };

async function* measured(run: Run, copy: CopyStream): AsyncGenerator<Uint8Array> {
  run.begun = true;
  const hash = createHash("sha256");
  let outcome: Outcome = { state: "cancelled" };
  const progress = setInterval(
    () => void saveProgress(run).catch((error: unknown) => noteFault(error, run.id)),
    1000,
  );
  try {
    for await (const chunk of inBlocks(inFormat(run.format, copy))) {
      hash.update(chunk);
      run.bytes += chunk.length;
      yield chunk;
    }
    if (run.total !== null && copy.rowCount !== run.total) {
      run.broken = new Error(`${copy.rowCount} rows were written of ${run.total}`);
      throw run.broken;
    }
    outcome = { state: "complete" };
  } catch (error) {
    // Whoever destroys the stream throws into it here too; only the copy's own error is a failure.
    if (run.broken) outcome = { state: "failed", error: run.broken.message };
    throw error;
  } finally {
    clearInterval(progress);
    const complete = outcome.state === "complete";
    await finish(
      run,
      outcome,
      complete ? { rows: copy.rowCount, bytes: run.bytes, sha256: hash.digest("hex") } : {},
    );
  }
}

/** Gives the place and the connection back, and writes how it ended. */
async function finish(run: Run, outcome: Outcome, proof: ExportProof): Promise<void> {
  const { id, key, client, scope, bytes } = run;
  running.delete(key);
  // A COPY that nobody reads must not go on in the database.
  if (outcome.state === "complete") await client.end();
  else await stopBackend(client);
  await prisma().export.update({
    where: { organizationId_id: { organizationId: scope.organizationId, id } },
    data: { ...outcome, ...proof, bytes, finishedAt: new Date() },
  });
  await run.onEnd(outcome.state, proof);
}

async function stopBackend(client: pg.Client): Promise<void> {
  const pid = backendPid(client);
  try {
    if (pid !== undefined) await pool().query("SELECT pg_terminate_backend($1)", [pid]);
  } finally {
    client.connection.stream.destroy();
  }
}

function backendPid(client: pg.Client): number | undefined {
  const { processID } = client as unknown as { processID: number | null };
  return processID ?? undefined;
}

/** COPY's own progress gives the rows, for a CSV row may have several lines. */
async function saveProgress({ client, scope, id, bytes }: Run): Promise<void> {
  const found = await pool().query<{ rows: string }>(
    "SELECT tuples_processed::text AS rows FROM pg_stat_progress_copy WHERE pid = $1",
    [backendPid(client)],
  );
  const rows = found.rows[0]?.rows;
  await pool().query(
    `UPDATE exports SET bytes = $3, rows = coalesce($4, rows)
     WHERE organization_id = $1 AND id = $2 AND state = 'running'`,
    [scope.organizationId, id, bytes, rows ?? null],
  );
}
