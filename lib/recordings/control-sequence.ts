/** Kinds of control strings, by the names that ECMA-48 gives them. */
export type ControlString = "OSC" | "DCS" | "SOS" | "PM" | "APC";

/** What begins at an introducer: a sequence that ends at `at`, a string whose content begins there, or a replacement. */
export type Sequence =
  | { kind: "sequence"; at: number }
  | { kind: "string"; string: ControlString; at: number }
  | { kind: "bounded"; text: string; at: number }
  | { kind: "overlong" }
  | { kind: "partial" };

const openings: Record<string, ControlString> = {
  "]": "OSC",
  P: "DCS",
  X: "SOS",
  "^": "PM",
  _: "APC",
  "\u009d": "OSC",
  "\u0090": "DCS",
  "\u0098": "SOS",
  "\u009e": "PM",
  "\u009f": "APC",
};

const ESCAPE = "\u001b";
const CSI = "\u009b";
const LONGEST = 256;
// What may stand in a sequence before its last character, C0 controls included, which act at once.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const sequenceBody = /[\u0000-\u0017\u0019\u001c-\u003f\u007f]*/y;
const escapeBody = /[ -/]*/y;

/** Every character that may begin a sequence or string. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
export const introducer = /[\u001b\u0090\u0098\u009b\u009d-\u009f]/g;

/** Looks at the sequence that begins with the introducer at `start`. */
export function sequenceAt(text: string, start: number): Sequence {
  let kind = text[start] ?? "";
  let at = start + 1;
  if (kind === ESCAPE) {
    escapeBody.lastIndex = at;
    at += escapeBody.exec(text)?.[0].length ?? 0;
    if (at >= text.length) return unfinished(at - start);
    // `ESC ( B` and the like: whatever the last character is.
    if (at > start + 1) return { kind: "sequence", at: at + 1 };
    kind = text[at] ?? "";
    if (kind === ESCAPE || kind > "~") return { kind: "sequence", at };
    at++;
    if (kind === "[") return controlSequence(text, start, at);
  } else if (kind === CSI) return controlSequence(text, start, at);
  const string = openings[kind];
  return string === undefined ? { kind: "sequence", at } : { kind: "string", string, at };
}

function controlSequence(text: string, start: number, bodyStart: number): Sequence {
  sequenceBody.lastIndex = bodyStart;
  const body = sequenceBody.exec(text)?.[0] ?? "";
  const at = bodyStart + body.length;
  if (body.length > LONGEST) return { kind: "overlong" };
  if (at >= text.length) return { kind: "partial" };
  const final = text[at] ?? "";
  // Something that cannot be in a sequence ends it, and is looked at by itself.
  if (final < "@" || final > "~") return { kind: "sequence", at };
  const bounded = body.length < 3 ? body : boundedNumbers(body, final);
  if (bounded === body) return { kind: "sequence", at: at + 1 };
  return { kind: "bounded", text: text.slice(start, bodyStart) + bounded + final, at: at + 1 };
}

function unfinished(length: number): Sequence {
  return length > LONGEST ? { kind: "overlong" } : { kind: "partial" };
}

/** Last characters of sequences that do something as often as their number says. */
const repeating = new Set("SLMTIZb@PX^");
/** No terminal here has more rows or columns, so that more often changes nothing. */
const MOST_REPEATS = 500;
const MOST = "9999";

/** The numbers of a sequence made small: terminals scroll two thousand million times when asked to. */
function boundedNumbers(body: string, final: string): string {
  const digits = body.replace(/\d{5,}/g, MOST);
  if (!repeating.has(final)) return digits;
  return digits.replace(/\d+/g, (number) => (Number(number) > MOST_REPEATS ? String(MOST_REPEATS) : number));
}

/** The part of a string's content that names what it is for, and hides nothing. */
export function headOfString(kind: ControlString, content: string): string {
  const pattern = heads[kind];
  return pattern?.exec(content)?.[0] ?? "";
}

const heads: Partial<Record<ControlString, RegExp>> = {
  OSC: /^\d*;?/,
  DCS: /^(?:tmux;|[\d;:<=>?]*[ -/]*[@-~]?)/,
};

/** How the content of a string goes on: `ended` behind its end, `broken` by what cannot be in it, or `open`. */
export type StringEnd =
  | { kind: "ended"; at: number }
  | { kind: "broken"; at: number; byLine: boolean }
  | { kind: "open"; at: number };

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const stops = /[\u0007\n\u000b\u000c\r\u0018\u001a\u001b\u0090\u0098\u009b-\u009f]/g;

/** Looks for the end of a string in `text` from `start` on. `sixel` is a picture's content, which has line breaks. */
export function endOfString(kind: ControlString, text: string, start: number, sixel: boolean): StringEnd {
  stops.lastIndex = start;
  let line = start;
  for (let found = stops.exec(text); found !== null; found = stops.exec(text)) {
    const at = found.index;
    switch (found[0]) {
      case "\u0007":
        if (kind === "OSC") return { kind: "ended", at: at + 1 };
        break;
      case "\u009c":
        return { kind: "ended", at: at + 1 };
      case ESCAPE:
        if (at + 1 === text.length) return { kind: "open", at };
        if (text[at + 1] === "\\") return { kind: "ended", at: at + 2 };
        return { kind: "broken", at, byLine: false };
      case "\n":
      case "\r":
      case "\u000b":
      case "\u000c":
        // Blanks are in words, not in pictures.
        if (!sixel || text.slice(line, at).includes(" ")) return { kind: "broken", at, byLine: true };
        line = at + 1;
        break;
      default:
        return { kind: "broken", at, byLine: false };
    }
  }
  return { kind: "open", at: text.length };
}
