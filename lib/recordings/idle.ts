import type { Pauses } from "@/lib/recordings/gaps.ts";
import type { PlayerEvent, Segment } from "@/lib/recordings/key-frames.ts";
import { RecordingError } from "@/lib/recordings/session.ts";

/**
 * Maps the time of a recording to the time of a player that shortens pauses, and back. A pause longer than the
 * limit takes the limit: its first part passes as it was, the rest is left out.
 */
export class IdleTime {
  /** For each shortened pause where it begins, where it ends, and how much was left out before and with it. */
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];
  private readonly left: number[] = [];

  /**
   * @param limitUs microseconds; undefined leaves time as it is
   * @throws RecordingError for a limit shorter than the pauses that were remembered
   */
  constructor(pauses: Pauses, limitUs: number | undefined) {
    if (limitUs === undefined) return;
    if (!(limitUs >= pauses.shortestUs)) {
      throw new RecordingError(
        "idle",
        `must be at least ${pauses.shortestUs / 1e6} seconds for this recording`,
      );
    }
    let left = 0;
    for (const [start, end] of pauses.list) {
      if (end - start <= limitUs) continue;
      left += end - start - limitUs;
      this.starts.push(start);
      this.ends.push(end);
      this.left.push(left);
    }
  }

  /** Where a moment of the recording is in the player. */
  toPlayer(timeUs: number): number {
    const at = lastAtMost(this.starts, timeUs);
    if (at === -1) return timeUs;
    const end = this.ends[at] ?? 0;
    const left = this.left[at] ?? 0;
    if (timeUs >= end) return timeUs - left;
    // Within the pause: up to the limit as it was, then standing still, before what ends the pause.
    return Math.min(timeUs - (this.left[at - 1] ?? 0), end - left - 1);
  }

  /** Which moment of the recording a player shows. */
  toRecording(playerUs: number): number {
    let low = 0;
    let high = this.starts.length;
    // The first pause that ends later than this in the player.
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.ends[middle] ?? 0) - (this.left[middle] ?? 0) <= playerUs) low = middle + 1;
      else high = middle;
    }
    return playerUs + (this.left[low - 1] ?? 0);
  }
}

/** The index of a recording for the player, and its segments' starts. Times in seconds. */
export type PlayerIndex = {
  version: 1;
  duration: number;
  term: { cols: number; rows: number; theme?: { fg: string; bg: string; palette: string } };
  segments: { start: number; url: string }[];
  markers: [seconds: number, label: string][];
};

/** What is needed of a recording to write its index. Times in microseconds. */
export type IndexSource = {
  durationUs: number;
  columns: number;
  rows: number;
  theme?: { fg: string; bg: string; palette: string };
  /** The starts of its segments, in order, the first 0. */
  segmentStartsUs: readonly number[];
  markers: readonly { timeUs: number; label: string }[];
};

/**
 * The index for asciinema-player's `format: "segmented"`.
 * @param url the address of the segment with this number; relative ones are relative to the index
 */
export function playerIndex(
  source: IndexSource,
  idle: IdleTime,
  url: (segment: number) => string,
): PlayerIndex {
  return {
    version: 1,
    duration: idle.toPlayer(source.durationUs) / 1e6,
    term: { cols: source.columns, rows: source.rows, ...(source.theme && { theme: source.theme }) },
    segments: source.segmentStartsUs.map((start, index) => ({
      start: idle.toPlayer(start) / 1e6,
      url: url(index),
    })),
    markers: source.markers.map(({ timeUs, label }) => [idle.toPlayer(timeUs) / 1e6, label]),
  };
}

/** A segment with its times as the player's, as it is sent to it. Events of markers are told by the index. */
export function playerSegment(
  segment: Pick<Segment, "snapshot" | "events">,
  idle: IdleTime,
): Pick<Segment, "snapshot" | "events"> {
  const events = segment.events.map(([seconds, code, data]): PlayerEvent => {
    return [idle.toPlayer(Math.round(seconds * 1e6)) / 1e6, code, data];
  });
  return { snapshot: segment.snapshot, events };
}

/** The index of the last of sorted numbers that is at most `value`, or -1. */
function lastAtMost(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
