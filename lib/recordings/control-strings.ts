import {
  type ControlString,
  endOfString,
  headOfString,
  introducer,
  sequenceAt,
} from "@/lib/recordings/control-sequence.ts";
import { recordingLimits } from "@/lib/recordings/limits.ts";
import type { Findings, TerminalEvent } from "@/lib/recordings/session.ts";

/**
 * Events of which no output can hide what follows it. A terminal shows nothing between the beginning of a control
 * string (OSC, DCS, SOS, PM, APC) and its end; one that has no end is ended where it begins, so that its text is
 * shown, and is a finding. Sequences come whole in one event, and their numbers are kept small.
 *
 * Whole control strings stay as they are. What counts as having no end: a line break (only sixel pictures have
 * any), another sequence, a second without output, `recordingLimits.controlString` characters that are not all
 * of a picture's or a clipboard's data, the end of the recording.
 */
export function* closeControlStrings(
  events: Iterable<TerminalEvent>,
  findings: Findings,
): Generator<TerminalEvent, void> {
  const scanner = new Scanner(findings);
  let last = 0;
  for (const event of events) {
    const [timeUs, code, data] = event;
    if (code !== "o") {
      last = timeUs;
      yield event;
      continue;
    }
    // What was held back is shown when it came, or as soon after as the order of events allows.
    const late = scanner.overdue(timeUs);
    if (late !== undefined) yield [Math.max(last, late.timeUs), "o", late.text];
    const text = scanner.scan(data, timeUs);
    if (text !== "") yield [timeUs, "o", text];
    last = timeUs;
  }
  const rest = scanner.end();
  if (rest !== undefined) yield [Math.max(last, rest.timeUs), "o", rest.text];
}

const PATIENCE_US = 1_000_000;
const ST = "\u001b\\";
/** Data of pictures and clipboards has neither blanks nor other controls than line breaks. */
const dataOnly = /^[!-~\r\n]*$/;

/** A control string whose end has not come. */
type Open = {
  kind: ControlString;
  /** The introducer, `ESC ]` for one. */
  opening: string;
  sinceUs: number;
  /** The content so far, of earlier output. */
  pieces: string[];
  length: number;
  sixel: boolean;
  /** Too long to be held back and nothing but data: it was passed on, and its end is looked for. */
  passing: boolean;
};

class Scanner {
  private open: Open | undefined;
  /** The beginning of a sequence whose end has not come. */
  private carried = "";
  private carriedUs = 0;

  constructor(private readonly findings: Findings) {}

  /** What is held back and must not wait any longer, as output comes at `timeUs`. */
  overdue(timeUs: number): { timeUs: number; text: string } | undefined {
    const open = this.open;
    return open === undefined || timeUs - open.sinceUs < PATIENCE_US ? undefined : this.release(open);
  }

  end(): { timeUs: number; text: string } | undefined {
    if (this.open !== undefined) return this.release(this.open);
    if (this.carried === "") return undefined;
    return { timeUs: this.carriedUs, text: this.taken() };
  }

  private release(open: Open): { timeUs: number; text: string } {
    const content = open.pieces.join("");
    const head = open.passing ? "" : headOfString(open.kind, content);
    const closed = this.closed(open, head);
    return { timeUs: open.sinceUs, text: closed + this.scan(content.slice(head.length), open.sinceUs) };
  }

  private taken(): string {
    const carried = this.carried;
    this.carried = "";
    return carried;
  }

  /** Text that may be shown by now: `data` and what was held back before it, but for what has to wait. */
  scan(data: string, timeUs: number): string {
    let text = this.taken() + data;
    let result = "";
    let at = 0;
    while (at < text.length || this.open !== undefined) {
      if (this.open !== undefined) {
        const step = this.inString(this.open, text, at, timeUs);
        result += step.shown;
        if (step.text !== undefined) text = step.text;
        if (step.waits) return result;
        at = step.at;
        continue;
      }
      introducer.lastIndex = at;
      const start = introducer.exec(text)?.index ?? text.length;
      result += text.slice(at, start);
      at = start;
      if (start === text.length) break;
      const found = sequenceAt(text, start);
      if (found.kind === "partial") {
        this.carried = text.slice(start);
        this.carriedUs = timeUs;
        break;
      }
      if (found.kind === "overlong") {
        this.findings.add(
          "control-sequence",
          timeUs,
          "A control sequence that is too long is shown as text.",
        );
        result += "\u241b";
        at = start + 1;
      } else if (found.kind === "string") {
        const opening = text.slice(start, found.at);
        this.open = {
          kind: found.string,
          opening,
          sinceUs: timeUs,
          pieces: [],
          length: 0,
          sixel: false,
          passing: false,
        };
        at = found.at;
      } else {
        if (found.kind === "bounded") {
          const message = "A control sequence with too large a number was given a smaller one.";
          this.findings.add("control-sequence", timeUs, message);
        }
        result += found.kind === "bounded" ? found.text : text.slice(start, found.at);
        at = found.at;
      }
    }
    return result;
  }

  /** Goes on in a string whose content is `text` from `start` on. `text` in the result replaces it. */
  private inString(
    open: Open,
    text: string,
    start: number,
    timeUs: number,
  ): { shown: string; at: number; waits: boolean; text?: string } {
    open.sixel ||=
      open.kind === "DCS" && /^[\d;]*q/.test((open.pieces[0] ?? "") + text.slice(start, start + 64));
    const end = endOfString(open.kind, text, start, open.sixel);
    const content = text.slice(start, end.at);
    if (end.kind === "ended") {
      this.open = undefined;
      const before = open.passing ? "" : open.opening + open.pieces.join("");
      return { shown: before + content, at: end.at, waits: false };
    }
    if (end.kind === "open") {
      this.carried = text.slice(end.at);
      this.carriedUs = timeUs;
      if (open.passing) return { shown: content, at: end.at, waits: true };
      open.pieces.push(content);
      open.length += content.length;
      if (open.length <= recordingLimits.controlString) return { shown: "", at: end.at, waits: true };
      const all = open.pieces.join("");
      if (dataOnly.test(all)) {
        this.findings.add(
          "control-string",
          timeUs,
          `A control string (${open.kind}) of pictures or data is very long.`,
        );
        open.passing = true;
        open.pieces = [];
        return { shown: open.opening + all, at: end.at, waits: true };
      }
      const head = headOfString(open.kind, all);
      const rest = all.slice(head.length) + this.taken();
      return { shown: this.closed(open, head), at: 0, waits: false, text: rest };
    }
    if (open.passing) return { shown: content + this.closed(open, ""), at: end.at, waits: false };
    const all = open.pieces.join("") + content;
    const head = headOfString(open.kind, all);
    if (!end.byLine && head.length === all.length) {
      // Terminals leave the string here too, and nothing was in it.
      this.open = undefined;
      return { shown: open.opening + all, at: end.at, waits: false };
    }
    const shown = this.closed(open, head);
    if (open.length === 0) return { shown, at: start + head.length, waits: false };
    return { shown, at: 0, waits: false, text: all.slice(head.length) + text.slice(end.at) };
  }

  private closed(open: Open, head: string): string {
    this.open = undefined;
    this.findings.add(
      "control-string",
      open.sinceUs,
      `A control string (${open.kind}) has no end and would hide what follows; it was ended where it begins.`,
    );
    return open.passing ? ST : open.opening + head + ST;
  }
}
