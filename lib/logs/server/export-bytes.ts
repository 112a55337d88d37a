import "server-only";
import type { ExportFormat } from "./export-sql.ts";

/** What a block holds at least, unless its bytes have waited so long: COPY's own pieces are some 10 kB each. */
const blockBytes = 262_144;
const blockMs = 100;

/** Joins small pieces, for every one costs its way through streams, promises and the socket. */
export async function* inBlocks(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  let bytes = 0;
  let sentAt = 0;
  for await (const piece of pieces) {
    held.push(piece);
    bytes += piece.length;
    if (bytes < blockBytes && performance.now() - sentAt < blockMs) continue;
    yield Buffer.concat(held);
    held = [];
    bytes = 0;
    sentAt = performance.now();
  }
  if (bytes > 0) yield Buffer.concat(held);
}

/** Excel takes a file for one of its country's encoding that does not begin with this mark. */
const byteOrderMark = Buffer.from("\uFEFF");

/** What COPY gives, as the format has it. */
export async function* inFormat(
  format: ExportFormat,
  copy: AsyncIterable<Buffer>,
): AsyncGenerator<Uint8Array> {
  yield* format === "json" ? asArray(copy) : format === "csv" ? marked(copy) : copy;
}

/** The mark goes with the first bytes, not ahead of a database that has yet to answer. */
async function* marked(csv: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let begun = false;
  for await (const chunk of csv) {
    yield begun ? chunk : Buffer.concat([byteOrderMark, chunk]);
    begun = true;
  }
}

/** Lines of JSON as one array. JSON text holds no raw newline, so each one ends a row. */
async function* asArray(lines: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let pending = "[\n";
  for await (const chunk of lines) {
    const text = chunk.toString("latin1");
    const ended = text.endsWith("\n");
    yield Buffer.from(pending + (ended ? text.slice(0, -1) : text).replaceAll("\n", ",\n"), "latin1");
    pending = ended ? ",\n" : "";
  }
  yield Buffer.from(pending === "[\n" ? "[]\n" : "\n]\n");
}
