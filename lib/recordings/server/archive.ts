import "server-only";
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { makeZip } from "client-zip";
import { actorOf } from "@/lib/audit/server/actor.ts";
import { beginWorkflow, reportFailure } from "@/lib/audit/server/record.ts";
import type { Principal } from "@/lib/auth/principal.ts";
import { watchStream } from "@/lib/auth/server/open-streams.ts";
import { inTransaction, prisma } from "@/lib/db/client.ts";
import { log } from "@/lib/log.ts";
import { type ExportPlace, problemOfTakenId, takeExportPlace } from "@/lib/logs/server/export.ts";
import {
  type ArchivedRecording,
  type ArchiveFile,
  type ArchiveManifest,
  archiveName,
  whyLeftOut,
} from "../archive.ts";
import type { RecordingLine } from "../recording-line.ts";
import { openFile, recordReading, requireRecording } from "./read.ts";
import { through } from "./through.ts";

/** What an archive is made of; `query` is what was asked for, as in the address. */
export type ArchiveWish = { lines: readonly RecordingLine[]; file: ArchiveFile; query: string };

/**
 * Answers with a zip of recordings, made while it is read. Its state is that of an export under the id in `X-Export-Id`.
 * The audit log says who took which; a recording that cannot be read breaks the body off.
 * @throws Problem 429 when too many exports run, 409 when the id is taken
 */
export async function archiveAnswer(
  principal: Principal,
  wish: ArchiveWish,
  exportId: string | undefined,
): Promise<Response> {
  const place = takeExportPlace(principal, exportId);
  try {
    return await start(principal, wish, place);
  } catch (error) {
    place.release();
    throw error;
  }
}

async function start(principal: Principal, wish: ArchiveWish, place: ExportPlace): Promise<Response> {
  const { organizationId, id: actorId, name: actor } = principal;
  const { lines, file, query } = wish;
  const workflow = await beginWorkflow({
    actor: actorOf(principal),
    workflowType: "export:creation",
    target: { name: "Session Recordings", id: place.id },
    custom: { log: "recordings", format: `${file}.zip`, query, recordingIds: lines.map(({ id }) => id) },
  });
  try {
    const row = {
      id: place.id,
      organizationId,
      actor,
      actorId,
      log: "recordings",
      format: `${file}.zip`,
      query,
    };
    await prisma().export.create({ data: row });
  } catch (error) {
    await reportFailure(workflow, error);
    throw problemOfTakenId(error, place.id) ?? error;
  }
  const run: Run = {
    principal,
    wish,
    exportId: place.id,
    bytes: 0,
    recordings: 0,
    begun: false,
    fault: undefined,
  };
  const end = async (outcome: Outcome): Promise<void> => {
    place.release();
    await save(run, outcome);
    if (outcome.state === "complete") await inTransaction((client) => workflow.done(client));
    else
      await workflow.failed(`The export was ${outcome.state === "cancelled" ? "cancelled" : "broken off"}.`);
  };
  const source = Readable.from(measured(run, end), { objectMode: false, highWaterMark: 262_144 });
  // A body that is given up before its first byte was asked for has not begun, and nothing in it would end.
  source.once("close", () => {
    if (!run.begun) void end({ state: "cancelled" }).catch((error: unknown) => noteFault(error, run));
  });
  place.cancelWith(() => source.destroy(new Error("The export was cancelled")));
  const unwatch = watchStream(principal, () => source.destroy(new Error("The export is no longer allowed")));
  source.once("close", unwatch);
  const stamp = new Date().toISOString().slice(0, 19).replace(/[-:]/g, "");
  return new Response(Readable.toWeb(source) as ReadableStream<Uint8Array>, {
    headers: {
      "content-type": "application/zip",
      "content-disposition": `attachment; filename="recordings-${stamp}Z.zip"`,
      "x-export-id": place.id,
      "cache-control": "private, no-store, no-transform",
    },
  });
}

/** An archive under way. */
type Run = {
  principal: Principal;
  wish: ArchiveWish;
  exportId: string;
  bytes: number;
  recordings: number;
  begun: boolean;
  /** What could not be read; a reader who goes away is none. */
  fault: unknown;
};

type Outcome =
  | { state: "complete"; sha256: string }
  | { state: "cancelled" }
  | { state: "failed"; error: string };

async function* measured(run: Run, end: (outcome: Outcome) => Promise<void>): AsyncGenerator<Uint8Array> {
  run.begun = true;
  const hash = createHash("sha256");
  let outcome: Outcome = { state: "cancelled" };
  const timer = setInterval(() => void save(run).catch((error: unknown) => noteFault(error, run)), 1000);
  try {
    for await (const chunk of makeZip(entries(run))) {
      hash.update(chunk);
      run.bytes += chunk.length;
      yield chunk;
    }
    outcome = { state: "complete", sha256: hash.digest("hex") };
  } catch (error) {
    // Whoever destroys the stream throws into it here too.
    if (run.fault !== undefined) {
      log().error({ err: run.fault, exportId: run.exportId }, "an archive of recordings was broken off");
      outcome = { state: "failed", error: "A recording could not be read" };
    }
    throw error;
  } finally {
    clearInterval(timer);
    await end(outcome);
  }
}

type Entry = { name: string; lastModified: Date; input: AsyncIterable<Uint8Array> | string };

async function* entries(run: Run): AsyncGenerator<Entry> {
  const { principal, wish } = run;
  const recordings: ArchivedRecording[] = [];
  for (const line of wish.lines) {
    const {
      id: recordingId,
      connectionId,
      user,
      target,
      targetUser,
      startedAt,
      sha256: receivedSha256,
    } = line;
    const about = { recordingId, connectionId, user, target, targetUser, startedAt, receivedSha256 };
    const leftOut = whyLeftOut(line);
    if (leftOut !== undefined) {
      recordings.push({
        ...about,
        file: null,
        bytes: null,
        sha256: null,
        leftOut,
      });
      continue;
    }
    const name = archiveName(line, wish.file);
    const facts = { bytes: 0, hash: createHash("sha256") };
    yield { name, lastModified: new Date(startedAt), input: contents(run, line, facts) };
    recordings.push({ ...about, file: name, bytes: facts.bytes, sha256: facts.hash.digest("hex") });
    run.recordings += 1;
  }
  const createdAt = new Date().toISOString();
  const manifest: ArchiveManifest = { createdAt, createdBy: principal.email, query: wish.query, recordings };
  yield { name: "manifest.json", lastModified: new Date(), input: JSON.stringify(manifest, null, 2) };
}

/** The bytes of one file, after the audit log was told. */
async function* contents(
  run: Run,
  line: RecordingLine,
  facts: { bytes: number; hash: ReturnType<typeof createHash> },
): AsyncGenerator<Uint8Array> {
  const { principal, exportId } = run;
  const { file } = run.wish;
  // What was asked for may have been deleted meanwhile, or be shared no longer.
  await guarded(run, () => requireRecording(principal, line.id));
  const stored = await guarded(run, () => openFile(principal, line, file));
  try {
    await guarded(run, () => recordReading(principal, line, "recording:download", { file, exportId }));
    const chunks = through(stored, createGunzip())[Symbol.asyncIterator]();
    const read = (): Promise<IteratorResult<Buffer>> => guarded(run, () => chunks.next());
    for (let next = await read(); !next.done; next = await read()) {
      facts.bytes += next.value.length;
      facts.hash.update(next.value);
      yield next.value;
    }
  } finally {
    stored.destroy();
  }
}

async function guarded<T>(run: Run, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    run.fault = error;
    throw error;
  }
}

/** Writes how far it is, or how it ended. */
async function save({ principal, exportId, bytes, recordings }: Run, outcome?: Outcome): Promise<void> {
  const { organizationId } = principal;
  await prisma().export.updateMany({
    where: { organizationId, id: exportId, state: "running" },
    data: {
      bytes: BigInt(bytes),
      rows: BigInt(recordings),
      ...(outcome && { ...outcome, finishedAt: new Date() }),
    },
  });
}

function noteFault(error: unknown, { exportId }: Run): void {
  log().error({ err: error, exportId }, "the state of an export could not be written");
}
