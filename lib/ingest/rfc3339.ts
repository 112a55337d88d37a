import { isInstant } from "@/lib/ingest/rows.ts";

const RFC3339 = /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}:\d{2})(?:\.(\d+))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;

/**
 * A time with zone as RFC 3339 writes it, in the record's form: UTC, at most six digits after the point. Digits
 * stay text; only the offset is reckoned. Undefined for what is no such time.
 */
export function instantOf(text: string): string | undefined {
  const parts = RFC3339.exec(text);
  if (parts === null) return undefined;
  const [, date = "", time = "", digits = "", sign, hours = "0", minutes = "0"] = parts;
  const fraction = digits === "" ? "" : `.${digits.slice(0, 6)}`;
  if (sign === undefined) {
    const utc = `${date}T${time}${fraction}Z`;
    return isInstant(utc) ? utc : undefined;
  }
  if (!isInstant(`${date}T${time}Z`) || Number(hours) > 23 || Number(minutes) > 59) return undefined;
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === "-" ? -1 : 1);
  const seconds = new Date(Date.parse(`${date}T${time}Z`) - offset).toISOString().slice(0, 19);
  const shifted = `${seconds}${fraction}Z`;
  return isInstant(shifted) ? shifted : undefined;
}

/** Microseconds from one time in the record's form to another. */
export function microsBetween(from: string, to: string): number {
  const seconds = Date.parse(`${to.slice(0, 19)}Z`) - Date.parse(`${from.slice(0, 19)}Z`);
  return seconds * 1000 + microsOf(to) - microsOf(from);
}

function microsOf(instant: string): number {
  return Number(instant.slice(20, -1).padEnd(6, "0"));
}
