import type { JsonError } from "@/lib/record/json-tokens.ts";
import { BadBody } from "./define.ts";

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** The lines of a text, as views of its bytes without line ends (LF or CR LF). Empty lines are left out. */
export function* linesOf(body: Uint8Array): Generator<Uint8Array, void, void> {
  let start = 0;
  while (start < body.length) {
    const feed = body.indexOf(LINE_FEED, start);
    const next = feed === -1 ? body.length : feed;
    const end = next > start && body[next - 1] === CARRIAGE_RETURN ? next - 1 : next;
    if (end > start) yield body.subarray(start, end);
    start = next + 1;
  }
}

/** Whether the line is the last and has no end: then it may have been cut off on its way. */
export function isUnended(body: Uint8Array, line: Uint8Array): boolean {
  return line.byteOffset + line.length === body.byteOffset + body.length;
}

/** For a body whose last line {@link isUnended} and is not JSON: nothing tells what is missing behind it. */
export function cutOff(error: JsonError): BadBody {
  return new BadBody(`The body is cut off: its last line has no end and is not JSON, ${error.message}`);
}
