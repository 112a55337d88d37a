import { createHash } from "node:crypto";

/** The value of a column as SQL gives it: times as text in UTC with microseconds, bigints as numbers or text. */
export type CanonicalValue = string | number | null;

/**
 * The canonical form of a record, version 1, fixed so that old rows can be sealed without being touched:
 * the UTF-8 bytes of one JSON object after RFC 8785 (keys in order of their UTF-16 units, no blanks),
 * holding `v` (1), `log`, every column of the row but `raw` by its field name, and `raw`, the SHA-256 of the
 * bytes as received in lower-case hex. Columns that are null are left out; xid8 and seq are decimal text,
 * other numbers are JSON integers, JSON columns are the text that is stored.
 * @see docs/decisions/0002-the-record.md
 */
export function canonicalRecord(
  log: string,
  fields: { readonly [field: string]: CanonicalValue },
  raw: Uint8Array,
): Uint8Array {
  const all: { [field: string]: CanonicalValue } = { ...fields, v: 1, log, raw: sha256(raw).toString("hex") };
  const members = Object.keys(all)
    .sort()
    .filter((field) => all[field] !== null)
    .map((field) => `${JSON.stringify(field)}:${JSON.stringify(all[field])}`);
  return Buffer.from(`{${members.join(",")}}`, "utf8");
}

/** @returns the 32 bytes of the digest */
export function sha256(bytes: Uint8Array | string): Buffer {
  return createHash("sha256").update(bytes).digest();
}
