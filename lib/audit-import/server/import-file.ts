import "server-only";
import { v7 as uuidv7 } from "uuid";
import { actorOf } from "@/lib/audit/server/actor.ts";
import { beginWorkflow, type OpenWorkflow } from "@/lib/audit/server/record.ts";
import type { Principal } from "@/lib/auth/principal.ts";
import { inTransaction, pool } from "@/lib/db/client.ts";
import { Problem } from "@/lib/http/problem.ts";
import { findKnownEvents } from "@/lib/ingest/server/event-ids.ts";
import type { IngestSource } from "@/lib/ingest/server/prepare.ts";
import { HeldBackError } from "@/lib/ingest/server/quarantine.ts";
import { storePosts } from "@/lib/ingest/server/store.ts";
import { log } from "@/lib/log.ts";
import type { ColumnMap } from "../columns.ts";
import { importLimits } from "../limits.ts";
import type { ImportOutcome, RowFault } from "../outcome.ts";
import { importSource, sourceToCheck } from "./import-source.ts";
import { type Batch, FileReading, type FileRow } from "./read-file.ts";

/** A file on its way in. */
export type ImportFile = {
  name: string;
  columns: ColumnMap;
  body: AsyncIterable<Uint8Array>;
  length?: number;
};

const key = Symbol.for("daybook.audit-imports");
const store = globalThis as { [running: symbol]: number | undefined };

/**
 * Works on a file, and reads what is left of it when the work is over: an answer that comes while a browser still
 * sends would be lost.
 * @throws Problem 429 when too many are at work
 */
async function inTurn<T>(file: ImportFile, work: (body: ImportFile["body"]) => Promise<T>): Promise<T> {
  const running = store[key] ?? 0;
  if (running >= importLimits.atOnce) {
    const detail = `${importLimits.atOnce} files are being imported or checked. Try again when one is done.`;
    throw new Problem(429, detail, { headers: { "retry-after": "10" } });
  }
  store[key] = running + 1;
  const pieces = file.body[Symbol.asyncIterator]();
  try {
    return await work({ [Symbol.asyncIterator]: () => ({ next: () => nextPiece(pieces) }) });
  } finally {
    store[key] = (store[key] ?? 1) - 1;
    await readRest(pieces);
  }
}

/** @throws Problem 400 when the connection ends before the file does */
async function nextPiece(pieces: AsyncIterator<Uint8Array>): Promise<IteratorResult<Uint8Array>> {
  try {
    return await pieces.next();
  } catch (error) {
    throw new Problem(400, "The file was cut off on its way.", { cause: error });
  }
}

/** Whoever went away gets no answer. */
async function readRest(pieces: AsyncIterator<Uint8Array>): Promise<void> {
  try {
    for (let bytes = 0; bytes <= importLimits.file; ) {
      const { done, value } = await pieces.next();
      if (done) return;
      bytes += value.length;
    }
  } catch (error) {
    log().debug({ err: error }, "a file that is imported was not sent to its end");
  }
}

const taken = "another event of this organization has this Id and other content";

/**
 * Looks at every row of a file and stores none.
 * @throws Problem 400 for what is no CSV with such columns, 413 beyond a limit, 429 when too many are at work
 */
export function checkFile({ organizationId }: Principal, file: ImportFile): Promise<ImportOutcome> {
  return inTurn(file, async (body) => {
    const reading = new FileReading(sourceToCheck(organizationId), file.columns);
    const faults: RowFault[] = [];
    let added = 0;
    let same = 0;
    let complete = true;
    for await (const batch of reading.batches(body)) {
      const known = await findKnownEvents(
        pool(),
        organizationId,
        batch.rows.map(({ record }) => record),
      );
      for (const { line, record } of batch.rows) {
        const before = known.get(record);
        if (before === undefined) added++;
        else if (before === "same") same++;
        else batch.faults.push({ line, column: "Id", reason: `${record.id}: ${taken}` });
      }
      faults.push(...batch.faults.sort((a, b) => a.line - b.line));
      if (faults.length < importLimits.faults) continue;
      complete = false;
      reading.readNoFurther();
    }
    requireWhole(reading, file);
    const { rows, bytes } = reading;
    return { rows, added, known: same, bytes, sha256: reading.sha256(), faults, complete };
  });
}

/**
 * Stores the rows of a file, a batch in each transaction. The first row that cannot be stored ends it: those before
 * its batch stay, and the file, once corrected, adds the others, for a row that is there already is not added again.
 * It is a workflow of the audit log.
 * @throws Problem as {@link checkFile}, and 409 that names the row
 */
export function importFile(principal: Principal, file: ImportFile): Promise<ImportOutcome> {
  return inTurn(file, async (body) => {
    const source = await importSource(principal.organizationId);
    const workflow = await beginWorkflow({
      actor: actorOf(principal),
      workflowType: "auditImport:creation",
      target: { name: file.name, id: uuidv7() },
    });
    const reading = new FileReading(source, file.columns);
    const sums = { added: 0, known: 0 };
    try {
      for await (const batch of reading.batches(body)) {
        const result = await storeBatch(principal, source, batch);
        sums.added += result.accepted;
        sums.known += result.duplicates;
      }
      requireWhole(reading, file);
      const { rows, bytes } = reading;
      const outcome = { rows, ...sums, bytes, sha256: reading.sha256() };
      await inTransaction((client) => workflow.done(client, { custom: outcome }));
      return { ...outcome, faults: [], complete: true };
    } catch (error) {
      const { rows, bytes } = reading;
      await closeFailed(workflow, error, { rows, bytes, ...sums });
      throw withSums(error, sums.added);
    }
  });
}

async function storeBatch(principal: Principal, source: IngestSource, { receivedAt, rows, faults }: Batch) {
  const [fault] = faults.sort((a, b) => a.line - b.line);
  if (fault) throw refusal(fault);
  const records = rows.map(({ record }) => record);
  const bytes = records.reduce((sum, { raw }) => sum + raw.length, 0);
  const { requestId, address, userAgent } = principal;
  const poster = { requestId, address, userAgent: userAgent === "" ? undefined : userAgent };
  try {
    const [result] = await storePosts(source, [{ post: { receivedAt, records, bytes }, poster }]);
    return result ?? { accepted: 0, duplicates: 0 };
  } catch (error) {
    if (error instanceof HeldBackError) throw refusal(firstHeld(error, rows));
    throw error;
  }
}

function firstHeld({ held }: HeldBackError, rows: readonly FileRow[]): RowFault {
  const refused = new Set(held.map(({ record }) => record));
  const first = rows.find(({ record }) => refused.has(record));
  return { line: first?.line ?? 0, column: "Id", reason: `${first?.record.id ?? ""}: ${taken}` };
}

function refusal({ line, column, reason }: RowFault): Problem {
  return new Problem(409, `Line ${line}${column === "" ? "" : `, ${column}`}: ${reason}.`);
}

function withSums(error: unknown, added: number): unknown {
  if (!(error instanceof Problem) || added === 0) return error;
  const { status, detail, errors, headers } = error;
  const more = `${added} rows before it are stored, and will not be added again.`;
  return new Problem(status, `${detail} ${more}`, { headers, cause: error, ...(errors && { errors }) });
}

async function closeFailed(
  workflow: OpenWorkflow,
  error: unknown,
  custom: { [sum: string]: number },
): Promise<void> {
  try {
    await workflow.failed(error, { custom });
  } catch (second) {
    log().error(
      { err: second, workflowId: workflow.id },
      "a failed import could not be closed; the next start will",
    );
  }
}

function requireWhole({ bytes }: FileReading, { length }: ImportFile): void {
  if (length === undefined || length === bytes) return;
  throw new Problem(400, `The file was cut off: ${bytes} of ${length} bytes came.`);
}
