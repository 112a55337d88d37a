import type { Findings } from "@/lib/recordings/session.ts";

const message = "Bytes that are no UTF-8 are shown as U+FFFD.";
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Text out of bytes that were cut anywhere. A character that a cut went through comes whole with the part that
 * ends it; what is no UTF-8 becomes U+FFFD, and a finding where there is somebody to tell.
 */
export class Utf8Stream {
  #kept: Uint8Array = new Uint8Array(0);
  readonly #findings: Findings | undefined;

  constructor(findings?: Findings) {
    this.#findings = findings;
  }

  /** Whether the beginning of a character waits for its end. */
  get isPending(): boolean {
    return this.#kept.length > 0;
  }

  /** @param timeUs where a finding stands */
  push(bytes: Uint8Array, timeUs = 0): string {
    const all = this.#kept.length === 0 ? bytes : joined(this.#kept, bytes);
    const whole = all.length - unfinished(all);
    this.#kept = all.slice(whole);
    const text = decoder.decode(all.subarray(0, whole));
    if (text.includes("\ufffd") && !spellsReplacement(all)) this.#findings?.add("encoding", timeUs, message);
    return text;
  }

  /** What is left when no more bytes will come: "" or U+FFFD. */
  end(timeUs = 0): string {
    const rest = this.#kept;
    this.#kept = new Uint8Array(0);
    if (rest.length > 0) this.#findings?.add("encoding", timeUs, message);
    return decoder.decode(rest);
  }
}

/** How many bytes at the end begin a character and do not end it: 0 to 3. */
function unfinished(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    return lengthOf(byte) > back ? back : 0;
  }
  return 0;
}

function lengthOf(first: number): number {
  if (first >= 0xf0 && first <= 0xf4) return 4;
  if (first >= 0xe0 && first <= 0xef) return 3;
  return first >= 0xc2 && first <= 0xdf ? 2 : 1;
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const all = new Uint8Array(head.length + tail.length);
  all.set(head);
  all.set(tail, head.length);
  return all;
}

/** Whether U+FFFD itself was written, as recorders do that repaired the text before. */
function spellsReplacement(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes("\ufffd");
}
