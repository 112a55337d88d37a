let last = 0;

/**
 * The time now in the record's form, with microseconds, never the same twice in one process and never going
 * back by less than the clock itself was set back.
 */
export function nowInstant(): string {
  const ms = Date.now();
  let micros = ms * 1000 + Math.floor((performance.now() % 1) * 1000);
  if (micros <= last && last - micros < 1_000_000) micros = last + 1;
  last = micros;
  const seconds = new Date(Math.floor(micros / 1000)).toISOString().slice(0, 23);
  return `${seconds}${String(micros % 1000).padStart(3, "0")}Z`;
}
