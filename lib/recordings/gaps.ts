import { recordingLimits } from "@/lib/recordings/limits.ts";

/** Pauses between one event and the next, in order. Those shorter than `shortestUs` are not listed. */
export type Pauses = { shortestUs: number; list: [startUs: number, endUs: number][] };

/** Remembers the pauses of a recording, of half a second or more; of very many only the longer ones. */
export class Gaps {
  private shortestUs = 500_000;
  private list: [number, number][] = [];
  private lastUs = 0;

  event(timeUs: number): void {
    if (timeUs - this.lastUs >= this.shortestUs) this.list.push([this.lastUs, timeUs]);
    this.lastUs = timeUs;
    while (this.list.length > recordingLimits.gaps) {
      this.shortestUs *= 2;
      this.list = this.list.filter(([start, end]) => end - start >= this.shortestUs);
    }
  }

  result(): Pauses {
    return { shortestUs: this.shortestUs, list: this.list };
  }
}
