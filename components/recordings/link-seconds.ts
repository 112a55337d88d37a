/** Seconds of a deep link, to the millisecond and never behind the moment. */
export function linkSeconds(us: number): number {
  return Math.floor(us / 1000) / 1000;
}
