/** Colours of a terminal: `#rrggbb` each, the palette with 8 or 16. */
export type AlisTheme = { foreground: string; background: string; palette: readonly string[] };

/** What a producer of ALiS v1 sends after the magic. Times are microseconds since the event before, but Init's is absolute. */
export type AlisMessage =
  | {
      type: "init";
      lastId: number;
      time: number;
      columns: number;
      rows: number;
      theme: AlisTheme | null;
      /** What draws the screen as it is. */
      screen: string;
    }
  | { type: "output" | "input" | "marker"; id: number; time: number; text: string }
  | { type: "resize"; id: number; time: number; columns: number; rows: number }
  | { type: "exit"; id: number; time: number; status: number }
  | { type: "end" };

/** The first message of a connection: `ALiS` and the version. */
export const alisMagic: Uint8Array = Uint8Array.of(0x41, 0x4c, 0x69, 0x53, 0x01);

/** A message that breaks the format; says where and how. */
export class AlisError extends Error {}

const INIT = 0x01;
const END = 0x04;
const codes = { output: 0x6f, input: 0x69, resize: 0x72, marker: 0x6d, exit: 0x78 } as const;
const palettes: readonly number[] = [8, 16];

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Reads one binary message of asciinema's live stream, version 1 (sub-protocol `v1.alis` of asciinema 3).
 * @throws {AlisError}
 */
export function decodeAlis(bytes: Uint8Array): AlisMessage {
  const reader = new Reader(bytes);
  const first = reader.byte("type");
  const message = decodeBody(first, reader);
  reader.finish();
  return message;
}

/** The bytes of a message, as a producer sends them. */
export function encodeAlis(message: AlisMessage): Uint8Array {
  if (message.type === "end") return Uint8Array.of(END);
  if (message.type === "init") {
    const { lastId, time, columns, rows, theme, screen } = message;
    const colours = theme ? [theme.foreground, theme.background, ...theme.palette].flatMap(channels) : [];
    const numbers = [lastId, time, columns, rows].flatMap(leb128);
    return Uint8Array.from([INIT, ...numbers, theme?.palette.length ?? 0, ...colours, ...textBytes(screen)]);
  }
  const head = [codes[message.type], ...leb128(message.id), ...leb128(message.time)];
  if (message.type === "resize") {
    return Uint8Array.from([...head, ...leb128(message.columns), ...leb128(message.rows)]);
  }
  if (message.type === "exit") return Uint8Array.from([...head, ...leb128(message.status)]);
  return Uint8Array.from([...head, ...textBytes(message.text)]);
}

export function isAlisMagic(bytes: Uint8Array): boolean {
  return bytes.length === alisMagic.length && alisMagic.every((byte, index) => bytes[index] === byte);
}

function decodeBody(first: number, reader: Reader): AlisMessage {
  if (first === INIT) return decodeInit(reader);
  if (first === END) {
    // Producers and servers write different things behind it, and nothing needs them.
    reader.skipRest();
    return { type: "end" };
  }
  const type = typeOf(first);
  const id = reader.number("id");
  const time = reader.number("time");
  if (type === "resize")
    return { type, id, time, columns: reader.number("columns"), rows: reader.number("rows") };
  if (type === "exit") return { type, id, time, status: reader.number("status") };
  return { type, id, time, text: reader.text("text") };
}

function decodeInit(reader: Reader): AlisMessage {
  const lastId = reader.number("last id");
  const time = reader.number("time");
  const columns = reader.number("columns");
  const rows = reader.number("rows");
  const size = reader.byte("theme");
  if (size !== 0 && !palettes.includes(size)) throw new AlisError(`a theme of ${size} colours`);
  const colour = () => reader.colour();
  const theme =
    size === 0
      ? null
      : { foreground: colour(), background: colour(), palette: Array.from({ length: size }, colour) };
  return { type: "init", lastId, time, columns, rows, theme, screen: reader.text("screen") };
}

function typeOf(first: number): keyof typeof codes {
  for (const type of ["output", "input", "resize", "marker", "exit"] as const) {
    if (codes[type] === first) return type;
  }
  throw new AlisError(`a message of the unknown type 0x${first.toString(16).padStart(2, "0")}`);
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  byte(what: string): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new AlisError(`the message ends before its ${what}`);
    return byte;
  }

  /** Unsigned LEB128: seven bits a byte, the lowest first. */
  number(what: string): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte(what);
      value += (byte & 0x7f) * factor;
      if (!Number.isSafeInteger(value) || factor > 2 ** 56) throw new AlisError(`its ${what} is too large`);
      if (byte < 0x80) return value;
    }
  }

  text(what: string): string {
    const length = this.number(`${what}'s length`);
    if (length > this.#bytes.length - this.#at) throw new AlisError(`the message ends within its ${what}`);
    const text = decoder.decode(this.#bytes.subarray(this.#at, this.#at + length));
    this.#at += length;
    return text;
  }

  colour(): string {
    const channel = () => this.byte("theme's colours").toString(16).padStart(2, "0");
    return `#${channel()}${channel()}${channel()}`;
  }

  skipRest(): void {
    this.#at = this.#bytes.length;
  }

  finish(): void {
    const rest = this.#bytes.length - this.#at;
    if (rest > 0) throw new AlisError(`${rest} bytes follow the message`);
  }
}

function leb128(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return [...bytes, rest];
}

function textBytes(text: string): number[] {
  const bytes = encoder.encode(text);
  return [...leb128(bytes.length), ...bytes];
}

function channels(colour: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}
