import type { Findings, TerminalEvent } from "@/lib/recordings/session.ts";
import type { Utf8Stream } from "@/lib/recordings/utf8-stream.ts";

/** The members of one tlog message that hold the terminal's data. */
export type TlogData = {
  timing: string;
  inText: string;
  inBytes: readonly unknown[];
  outText: string;
  outBytes: readonly unknown[];
};

const item = /\+(\d{1,15})|([<>])(\d{1,12})|([[\]])(\d{1,12})\/(\d{1,12})|=(\d{1,9})x(\d{1,9})/y;

/**
 * The events of a message. `timing` is a row of: `+N` wait milliseconds, `<N` and `>N` take N characters (code
 * points) of input or output, `[N/M` and `]N/M` skip N characters that stand for M bytes, `=WxH` the size.
 *
 * @param startUs where in the recording the message begins
 */
export function* tlogEvents(
  data: TlogData,
  startUs: number,
  streams: { i: Utf8Stream; o: Utf8Stream },
  findings: Findings,
): Generator<TerminalEvent, void> {
  const texts = { i: new Characters(data.inText), o: new Characters(data.outText) };
  const bytes = { i: 0, o: 0 };
  let clock = startUs;
  // Its own place: the expression is shared, and generators take turns.
  for (let at = 0; at < data.timing.length; at = item.lastIndex) {
    item.lastIndex = at;
    const [, wait, take, count, skip, skipped, binary, columns, rows] = item.exec(data.timing) ?? [];
    if (wait !== undefined) clock += Number(wait) * 1000;
    else if (take !== undefined) {
      const code = take === "<" ? "i" : "o";
      yield [clock, code, streams[code].end(clock) + texts[code].take(Number(count))];
    } else if (skip !== undefined) {
      const code = skip === "[" ? "i" : "o";
      const all = code === "i" ? data.inBytes : data.outBytes;
      texts[code].take(Number(skipped));
      const taken = all.slice(bytes[code], bytes[code] + Number(binary));
      bytes[code] += taken.length;
      yield [clock, code, streams[code].push(Uint8Array.from(taken, octet), clock)];
    } else if (columns !== undefined) {
      yield [clock, "r", `${columns}x${rows}`];
    } else {
      findings.add(
        "unreadable",
        clock,
        "A message's timing cannot be read; the rest of its text is shown at once.",
      );
      break;
    }
  }
  for (const code of ["i", "o"] as const) {
    const left = texts[code].take(Number.POSITIVE_INFINITY);
    if (left === "") continue;
    findings.add(
      "unreadable",
      clock,
      "A message has more text than its timing tells of; it is shown at its end.",
    );
    yield [clock, code, left];
  }
}

function octet(value: unknown): number {
  return typeof value === "number" ? value & 0xff : 0x3f;
}

/** Takes characters, that is code points, off the front of a text. */
class Characters {
  private at = 0;
  private readonly plain: boolean;

  constructor(private readonly text: string) {
    this.plain = !/[\ud800-\udfff]/.test(text);
  }

  take(count: number): string {
    let end = this.at;
    if (this.plain) end = Math.min(this.text.length, this.at + count);
    else {
      for (let left = count; left > 0 && end < this.text.length; left--) {
        end += (this.text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1;
      }
    }
    const taken = this.text.slice(this.at, end);
    this.at = end;
    return taken;
  }
}
