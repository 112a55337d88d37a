import type { Findings } from "@/lib/recordings/session.ts";

const message = "Bytes that are no UTF-8 are shown as U+FFFD.";

/**
 * UTF-8 of one stream that comes in pieces cut anywhere: a character that a piece ends within is held back for
 * the next piece. What is no UTF-8 becomes U+FFFD and is a finding.
 */
export class Utf8Stream {
  private readonly decoder = new TextDecoder("utf-8", { ignoreBOM: true });

  constructor(private readonly findings: Findings) {}

  decode(bytes: Uint8Array, timeUs: number): string {
    const text = this.decoder.decode(bytes, { stream: true });
    if (text.includes("\ufffd") && !spellsReplacement(bytes)) this.findings.add("encoding", timeUs, message);
    return text;
  }

  /** What is left of a character that never got its last bytes. */
  end(timeUs: number): string {
    const text = this.decoder.decode();
    if (text !== "") this.findings.add("encoding", timeUs, message);
    return text;
  }
}

/** Whether U+FFFD itself was written, as recorders do that repaired the text before. */
function spellsReplacement(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes("\ufffd");
}
