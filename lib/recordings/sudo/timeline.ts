import type { TimeSpec } from "@/lib/recordings/sudo/messages.ts";
import { SudoProtocolError } from "@/lib/recordings/sudo/protocol-error.ts";

const SECOND = 1_000_000_000n;
/** Ten years: what a delay or a session cannot reach. */
const LONGEST = 315_360_000n * SECOND;
const MOST_WAITING = 4096;

/**
 * sudo counts the time of a session in nanoseconds, from buffer to buffer, and takes back as a commit point only
 * the very time of a buffer. A recording counts in microseconds. Events get strictly later microseconds, so that
 * each names one buffer; commit points are those whose microsecond follows from the nanoseconds alone, so that a
 * resumed session gives the buffers after it the microseconds that they had.
 */
export class Timeline {
  #elapsed: bigint;
  #lastUs: number;
  #waiting: { us: number; ns: bigint }[] = [];

  /** @param start where a resumed session goes on */
  constructor(start?: TimeSpec) {
    this.#elapsed = start === undefined ? 0n : nanosecondsOf(start);
    this.#lastUs = start === undefined ? -1 : microsecondsOf(this.#elapsed);
  }

  /** The time that has passed, exactly: sudo waits for it as the last commit point. */
  get elapsed(): TimeSpec {
    return timeSpecOf(this.#elapsed);
  }

  get elapsedUs(): number {
    return microsecondsOf(this.#elapsed);
  }

  /** @throws {SudoProtocolError} when the session would be longer than ten years */
  advance(delay: TimeSpec): void {
    this.#elapsed += nanosecondsOf(delay);
    if (this.#elapsed > LONGEST) throw new SudoProtocolError("the delays add up to more than ten years");
  }

  /** The time of an event that happens now. */
  stamp(): number {
    this.#lastUs = Math.max(this.elapsedUs, this.#lastUs + 1);
    return this.#lastUs;
  }

  /** Now may become a commit point: all that came is in events. */
  mark(): void {
    if (this.#lastUs !== this.elapsedUs) return;
    this.#waiting.push({ us: this.#lastUs, ns: this.#elapsed });
    if (this.#waiting.length > MOST_WAITING) this.#waiting.shift();
  }

  get hasUncommitted(): boolean {
    return this.#waiting.length > 0;
  }

  /** The latest commit point that is not after this event; undefined when there is no new one. */
  commit(durableUs: number): TimeSpec | undefined {
    const reached = this.#waiting.findLastIndex(({ us }) => us <= durableUs);
    const [last] = this.#waiting.splice(0, reached + 1).slice(-1);
    return last && timeSpecOf(last.ns);
  }
}

function nanosecondsOf({ tvSec, tvNsec }: TimeSpec): bigint {
  return BigInt(tvSec) * SECOND + BigInt(tvNsec);
}

function microsecondsOf(nanoseconds: bigint): number {
  return Number(nanoseconds / 1000n);
}

function timeSpecOf(nanoseconds: bigint): TimeSpec {
  return { tvSec: Number(nanoseconds / SECOND), tvNsec: Number(nanoseconds % SECOND) };
}
