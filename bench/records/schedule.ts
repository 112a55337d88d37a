import { Random } from "./random.ts";

const hourMs = 3_600_000;
/** How far back the record reaches. */
export const days = 90;

/**
 * When things happen: people work by day and less at the weekend, and now and then an hour has ten times the
 * usual load. Places from 0 to 1 of the record become times that grow with them.
 */
export class Schedule {
  readonly #startMs: number;
  readonly #spanHours: number;
  /** What share of everything lies before each hour. */
  readonly #before: Float64Array;

  /** @param anchorMs the end, a full hour */
  constructor(anchorMs: number, seed: string, span = days) {
    this.#spanHours = span * 24;
    this.#startMs = anchorMs - this.#spanHours * hourMs;
    const random = new Random(`${seed} schedule`);
    this.#before = new Float64Array(this.#spanHours + 1);
    let sum = 0;
    for (let hour = 0; hour < this.#spanHours; hour++) {
      this.#before[hour] = sum;
      sum += weight(new Date(this.#startMs + hour * hourMs), random);
    }
    this.#before[this.#spanHours] = sum;
    for (let hour = 0; hour <= this.#spanHours; hour++) this.#before[hour] = (this.#before[hour] ?? 0) / sum;
  }

  /** @param place from 0 to 1 @returns microseconds since 1970 */
  microsAt(place: number): number {
    let low = 0;
    let high = this.#spanHours - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#before[middle] ?? 0) <= place) low = middle;
      else high = middle - 1;
    }
    const from = this.#before[low] ?? 0;
    const to = this.#before[low + 1] ?? 1;
    const within = Math.min((place - from) / (to - from), 0.999999999);
    return Math.floor((this.#startMs + (low + within) * hourMs) * 1000);
  }
}

function weight(hour: Date, random: Random): number {
  const clock = hour.getUTCHours();
  const byDay = 0.15 + Math.max(0, Math.sin(((clock - 6) / 14) * Math.PI)) ** 1.5;
  const weekend = hour.getUTCDay() % 6 === 0 ? 0.3 : 1;
  const burst = random.chance(0.01) ? 10 : 1;
  return byDay * weekend * burst * (0.6 + 0.8 * random.fraction());
}

let lastSecond = -1;
let lastText = "";

/** Microseconds since 1970 in the form of the record, `2026-11-21T08:45:32.506784Z`. */
export function instant(micros: number): string {
  const second = Math.floor(micros / 1_000_000);
  if (second !== lastSecond) {
    lastSecond = second;
    lastText = new Date(second * 1000).toISOString().slice(0, 19);
  }
  return `${lastText}.${String(micros - second * 1_000_000).padStart(6, "0")}Z`;
}

/** A UUIDv7 for a time. */
export function idAt(micros: number, random: Random): string {
  const time = Math.floor(micros / 1000)
    .toString(16)
    .padStart(12, "0");
  const rest = random.hex(18);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${rest.slice(0, 3)}-8${rest.slice(3, 6)}-${rest.slice(6)}`;
}
