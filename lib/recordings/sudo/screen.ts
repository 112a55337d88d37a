import type { LiveEvent } from "@/lib/recordings/live-session.ts";
import { terminalSize } from "@/lib/recordings/size.ts";
import type { ClientMessage } from "@/lib/recordings/sudo/messages.ts";
import { Utf8Stream } from "@/lib/recordings/utf8-stream.ts";

const streams = {
  ttyinBuf: { code: "i", isTerminal: true },
  ttyoutBuf: { code: "o", isTerminal: true },
  stdinBuf: { code: "i", isTerminal: false },
  stdoutBuf: { code: "o", isTerminal: false },
  stderrBuf: { code: "o", isTerminal: false },
} as const;
type StreamName = keyof typeof streams;

/** A message that takes its place in the recording. */
export type TimedMessage = Extract<ClientMessage, { type: StreamName | "winsizeEvent" | "suspendEvent" }>;

/** An event without its time; undefined when there is nothing to show yet. */
type Shown = { code: LiveEvent[1]; data: string } | undefined;

export function isTimed(message: ClientMessage): message is TimedMessage {
  return message.type === "winsizeEvent" || message.type === "suspendEvent" || isStream(message.type);
}

/** Turns sudo's buffers into a recording's events. Bytes of one stream make text of their own, however they are cut. */
export class Screen {
  readonly #texts = new Map<StreamName, Utf8Stream>();
  #endsInReturn = false;

  /** Whether bytes wait for the rest of their character. */
  get isPending(): boolean {
    return [...this.#texts.values()].some(({ isPending }) => isPending);
  }

  show(message: TimedMessage): Shown {
    if (message.type === "winsizeEvent") {
      const { columns, rows } = terminalSize(message.body.cols, message.body.rows);
      return { code: "r", data: `${columns}x${rows}` };
    }
    if (message.type === "suspendEvent") return { code: "m", data: markerOf(message.body.signal) };
    return this.#event(message.type, this.#textOf(message.type).push(message.body.data));
  }

  /** What was cut off at the end, as replacement characters. */
  end(): Shown[] {
    return [...this.#texts].map(([name, text]) => this.#event(name, text.end()));
  }

  #event(name: StreamName, text: string): Shown {
    if (text === "") return undefined;
    const { code, isTerminal } = streams[name];
    return { code, data: isTerminal || code === "i" ? text : this.#withReturns(text) };
  }

  /** No terminal has put a return before the line feeds of a pipe: without it each line would start where the last ended. */
  #withReturns(text: string): string {
    const whole = this.#endsInReturn ? `\r${text}` : text;
    const returned = whole.replace(/\r?\n/g, "\r\n");
    const data = this.#endsInReturn ? returned.slice(1) : returned;
    this.#endsInReturn = text.endsWith("\r");
    return data;
  }

  #textOf(name: StreamName): Utf8Stream {
    const known = this.#texts.get(name);
    if (known) return known;
    const text = new Utf8Stream();
    this.#texts.set(name, text);
    return text;
  }
}

function isStream(type: string): type is StreamName {
  return Object.hasOwn(streams, type);
}

function markerOf(signal: string): string {
  return signal === "CONT" ? "Resumed" : `Suspended (SIG${signal})`;
}
