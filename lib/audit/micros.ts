/** Microseconds from one time of the record to another; a JavaScript date alone would drop them. */
export function microsBetween(from: string, to: string): number {
  return microsOf(to) - microsOf(from);
}

/** Exact for times between the years 1800 and 2200. */
function microsOf(time: string): number {
  const [, second = "", fraction = "000000"] = /^(.{19})\.(\d{6})Z$/.exec(time) ?? [];
  return Date.parse(`${second}Z`) * 1000 + Number(fraction);
}
