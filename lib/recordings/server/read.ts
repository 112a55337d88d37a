import "server-only";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { actorOf } from "@/lib/audit/server/actor.ts";
import { runWorkflow } from "@/lib/audit/server/record.ts";
import { allows, ownNames, type Principal } from "@/lib/auth/principal.ts";
import { requireId } from "@/lib/http/id.ts";
import { notFound, Problem } from "@/lib/http/problem.ts";
import type { Scope } from "@/lib/logs/server/sql.ts";
import { isRequestKind } from "@/lib/logs/session-view.ts";
import type { RecordedCommand } from "../commands.ts";
import type { ConversionSummary } from "../convert.ts";
import { IdleTime, type PlayerIndex, playerIndex, playerSegment } from "../idle.ts";
import type { Segment } from "../key-frames.ts";
import type { Playback } from "../playback.ts";
import type { RecordingLine } from "../recording-line.ts";
import { RecordingError } from "../session.ts";
import { recordedCalls, recordedCommands } from "./beside.ts";
import { type BlobFile, blobKey } from "./blob-key.ts";
import { blobs } from "./blobs.ts";
import { checkedBytes } from "./content-fault.ts";
import { findRecording } from "./list.ts";
import { parsedFile } from "./parsed-files.ts";
import { notePlaying, oncePlaying } from "./record-playing.ts";
import { through } from "./through.ts";

const inflate = promisify(gunzip);

/** Letters of a mark on the timeline. */
const labelLength = 200;

type Summary = Omit<ConversionSummary, "commands">;
type WithCommands = Summary & { commands: RecordedCommand[] };

/**
 * The recordings that somebody may see: all of the organization, their own, those shared with them, and of these only
 * those within their reach.
 * @throws Problem 403
 */
export function recordingScope(principal: Principal): Scope {
  const { organizationId, userId, sharedOnly, reach } = principal;
  const narrowed = {
    organizationId,
    ...(sharedOnly && { shared: { userId, by: "connection_id" as const } }),
    ...(reach !== "all" && { within: { reach, by: "space and target" as const } }),
  };
  if (allows(principal, "recordings:read")) return narrowed;
  if (allows(principal, "recordings:read-own")) return { ...narrowed, users: ownNames(principal) };
  throw new Problem(403, "This needs the permission recordings:read-own.");
}

/** @throws Problem 404 when there is none that this principal may see, 410 when it was deleted */
export async function requireRecording(principal: Principal, id: string): Promise<RecordingLine> {
  const line = await findRecording(recordingScope(principal), requireId(id));
  if (!line) throw notFound("There is no such recording.");
  if (line.deletedAt !== null)
    throw new Problem(410, `The recording was deleted by ${line.deletedBy}: ${line.deleteReason}`);
  return line;
}

/** @throws Problem 409 while it is worked out, or when it could not be, or when there is nothing that plays */
function requireReady(line: RecordingLine): void {
  if (isRequestKind(line.kind))
    throw new Problem(
      409,
      `This session is a list of requests: /api/v1/logs/session-requests?connection=${line.connectionId}.`,
    );
  if (line.state === "live") throw new Problem(409, "The session is under way: watch it live.");
  if (line.state === "processing")
    throw new Problem(409, "The recording is being worked out; try again in a moment.", {
      headers: { "retry-after": "1" },
    });
  if (line.state === "failed") throw new Problem(409, `The recording cannot be played. ${line.fault}`);
}

/** Writes into the audit log that somebody looks at a recording, before they do. */
export async function recordReading(
  principal: Principal,
  line: RecordingLine,
  workflowType: "recording:playback" | "recording:reading" | "recording:download" | "session:watching",
  custom: { [name: string]: string } = {},
): Promise<void> {
  const { id, user, target, connectionId } = line;
  await runWorkflow(
    {
      actor: actorOf(principal),
      workflowType,
      target: { name: `${user} on ${target}`, id },
      custom: { recordingId: id, connectionId, ...custom },
    },
    async () => undefined,
  );
  if (workflowType === "recording:playback" || workflowType === "session:watching")
    notePlaying(principal, line);
}

/** {@link recordReading} for who asks for a part of what was shown: once for all the parts of one playback. */
export async function recordPlaying(principal: Principal, line: RecordingLine): Promise<void> {
  const workflowType = line.state === "live" ? "session:watching" : "recording:playback";
  await oncePlaying(principal, line, () => recordReading(principal, line, workflowType));
}

/** What was made of a recording that is ready; its commands are in the log. @throws Problem 409 */
export async function summaryFor(organizationId: string, line: RecordingLine): Promise<Summary> {
  requireReady(line);
  const key = blobKey(organizationId, line.id, "summary");
  return await parsedFile(key, async () => {
    const bytes = await blobs().read(key);
    const { commands: _logged, ...summary } = JSON.parse(bytes.toString("utf8")) as ConversionSummary;
    const markers = summary.screen.markers.map(({ timeUs, label }) => ({
      timeUs,
      label: label.slice(0, labelLength),
    }));
    const value = { ...summary, screen: { ...summary.screen, markers } };
    return { value, bytes: JSON.stringify(value).length };
  });
}

/** A segment as it was made, with the recording's own times. */
export async function storedSegment(
  organizationId: string,
  line: RecordingLine,
  segment: number,
): Promise<Pick<Segment, "snapshot" | "events">> {
  const key = blobKey(organizationId, line.id, { segment });
  return await parsedFile(key, async () => {
    const text = await inflate(await blobs().read(key));
    const value = JSON.parse(text.toString("utf8")) as Pick<Segment, "snapshot" | "events">;
    return { value, bytes: text.length };
  });
}

async function summaryWithCommands(principal: Principal, line: RecordingLine): Promise<WithCommands> {
  const summary = await summaryFor(principal.organizationId, line);
  return { ...summary, commands: await recordedCommands(principal, line) };
}

function idleOf(summary: Summary, idleSeconds: number | undefined): IdleTime {
  try {
    return new IdleTime(summary.screen.pauses, idleSeconds === undefined ? undefined : idleSeconds * 1e6);
  } catch (error) {
    if (!(error instanceof RecordingError)) throw error;
    throw new Problem(400, `${error.message}.`, {
      errors: [{ parameter: error.field, reason: error.reason }],
    });
  }
}

/**
 * The index for the player, as lib/recordings/idle.ts describes it.
 * @param idleSeconds pauses are played this long at most; undefined plays them as they were
 */
export async function indexOf(
  principal: Principal,
  line: RecordingLine,
  idleSeconds: number | undefined,
): Promise<PlayerIndex> {
  return indexFrom(await summaryWithCommands(principal, line), idleSeconds);
}

function indexFrom(summary: WithCommands, idleSeconds: number | undefined): PlayerIndex {
  const { info, screen, segmentStartsUs, commands } = summary;
  const { durationUs } = screen;
  // The player takes no marker behind the end, where a source's clock may put a command.
  const markers = [
    ...screen.markers,
    ...commands.map(({ timeUs, command }) => ({
      timeUs: Math.min(timeUs, durationUs),
      label: command.slice(0, labelLength),
    })),
  ];
  const source = {
    durationUs,
    columns: info.columns,
    rows: info.rows,
    ...(info.theme && { theme: info.theme }),
    segmentStartsUs,
    markers: markers.sort((a, b) => a.timeUs - b.timeUs),
  };
  const query = idleSeconds === undefined ? "" : `?idle=${idleSeconds}`;
  return playerIndex(source, idleOf(summary, idleSeconds), (segment) => `segments/${segment}${query}`);
}

/** What the page of a recording shows around the player. @param idleSeconds as of {@link indexOf} */
export async function playbackOf(
  principal: Principal,
  line: RecordingLine,
  idleSeconds: number | undefined,
): Promise<Playback> {
  const summary = await summaryWithCommands(principal, line);
  const { pauses, activity, markers, resizes, durationUs } = summary.screen;
  const index = indexFrom(summary, idleSeconds);
  const apiCalls = await recordedCalls(principal, line);
  return { index, pauses, activity, markers, commands: summary.commands, apiCalls, resizes, durationUs };
}

/** When the terminal changed its size, which is told without what it showed. */
export async function resizesOf(principal: Principal, line: RecordingLine): Promise<Playback["resizes"]> {
  if (line.state !== "ready" || isRequestKind(line.kind)) return [];
  return (await summaryFor(principal.organizationId, line)).screen.resizes;
}

/** One segment for the player. @throws Problem 404 */
export async function segmentOf(
  principal: Principal,
  line: RecordingLine,
  segment: number,
  idleSeconds: number | undefined,
): Promise<Pick<Segment, "snapshot" | "events">> {
  const summary = await summaryFor(principal.organizationId, line);
  if (!(segment in summary.segmentStartsUs)) throw notFound("There is no such segment.");
  const stored = await storedSegment(principal.organizationId, line, segment);
  return playerSegment(stored, idleOf(summary, idleSeconds));
}

/**
 * The bytes of a file of a recording. `original` is there whatever became of the rest, and breaks off at its end when
 * it is not what was received.
 */
export async function openFile(principal: Principal, line: RecordingLine, file: BlobFile): Promise<Readable> {
  if (file !== "original" || line.state === "logged") requireReady(line);
  const stored = await blobs().stream(blobKey(principal.organizationId, line.id, file));
  return file === "original" && line.sha256 !== null ? through(stored, checkedBytes(line.sha256)) : stored;
}
