import "server-only";
import { setImmediate as otherWork } from "node:timers/promises";
import type { Principal } from "@/lib/auth/principal.ts";
import { Problem } from "@/lib/http/problem.ts";

import type { Segment } from "../key-frames.ts";
import type { RecordingLine } from "../recording-line.ts";
import { pictureOf, type ScreenPicture } from "../screen-picture.ts";
import { sizeOf } from "../size.ts";
import { HeadlessTerminal } from "../terminal.ts";
import { storedSegment, summaryFor } from "./read.ts";

/** Milliseconds of playing after which other requests have their turn. */
const turnMs = 5;
/** Lines above the screen, which come back when it grows; the player keeps so many. */
const scrollback = 1000;

/** Screens that wait for one another at most: pointers move faster than terminals play. */
const mostWaiting = 64;

let waiting = 0;
let turn: Promise<unknown> = Promise.resolve();

/**
 * What was on the screen at a moment, from the key frame before it on.
 * @param atUs microseconds of the recording; later ones show its end
 * @param signal of the request: nothing is played for somebody who is gone
 * @throws Problem 409 while the recording is not ready, 503 when very many ask at once
 */
export async function screenAt(
  principal: Principal,
  line: RecordingLine,
  atUs: number,
  signal: AbortSignal,
): Promise<ScreenPicture> {
  const { segmentStartsUs, screen } = await summaryFor(principal.organizationId, line);
  const moment = Math.min(atUs, screen.durationUs);
  const number = Math.max(
    0,
    segmentStartsUs.findLastIndex((startUs) => startUs <= moment),
  );
  const segment = await storedSegment(principal.organizationId, line, number);
  if (waiting >= mostWaiting)
    throw new Problem(503, "Too many screens are asked for at once.", { headers: { "retry-after": "1" } });
  waiting++;
  const drawn = turn.then(() => playUntil(segment, moment, signal)).finally(() => waiting--);
  turn = drawn.catch(() => undefined);
  return await drawn;
}

function requireAsker(signal: AbortSignal): void {
  if (signal.aborted) throw new Problem(499, "Nobody waits for this screen any more.");
}

async function playUntil(
  { snapshot, events }: Pick<Segment, "snapshot" | "events">,
  atUs: number,
  signal: AbortSignal,
): Promise<ScreenPicture> {
  requireAsker(signal);
  const terminal = new HeadlessTerminal({ columns: snapshot.cols, rows: snapshot.rows }, scrollback);
  try {
    terminal.write(snapshot.init, () => undefined);
    let since = performance.now();
    for (const [seconds, code, data] of events) {
      if (Math.round(seconds * 1e6) > atUs) break;
      apply(terminal, code, data);
      if (performance.now() - since < turnMs) continue;
      await otherWork();
      requireAsker(signal);
      since = performance.now();
    }
    return pictureOf(terminal, atUs);
  } finally {
    terminal.dispose();
  }
}

function apply(terminal: HeadlessTerminal, code: string, data: string): void {
  if (code === "r") {
    const size = sizeOf(data);
    if (size !== undefined) terminal.resize(size);
    return;
  }
  if (code !== "o") return;
  try {
    terminal.write(data, () => undefined);
  } catch (error) {
    // The terminal's own faults on output that nobody foresaw, as when the recording was worked out.
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
  }
}
