import { type ByteSource, chunksOf } from "@/lib/recordings/input.ts";

/** Takes bytes off the front of a source, a piece at a time. */
export class ByteReader {
  private readonly chunks: Iterator<Uint8Array>;
  private chunk: Uint8Array = new Uint8Array(0);
  private at = 0;
  /** How many bytes are left. */
  left: number;

  constructor(source: ByteSource, start = 0) {
    this.chunks = chunksOf(source, start);
    this.left = Math.max(0, source.size - start);
  }

  /** At most `count` bytes, in pieces, none of them empty; fewer when the source ends before. */
  *take(count: number): Generator<Uint8Array, void> {
    let wanted = Math.min(count, this.left);
    while (wanted > 0) {
      if (this.at === this.chunk.length) {
        const next = this.chunks.next();
        if (next.done === true) {
          this.left = 0;
          return;
        }
        this.chunk = next.value;
        this.at = 0;
      }
      const piece = this.chunk.subarray(this.at, this.at + wanted);
      this.at += piece.length;
      this.left -= piece.length;
      wanted -= piece.length;
      yield piece;
    }
  }

  /** Exactly `count` bytes as one piece, or all that is left. For small counts. */
  bytes(count: number): Uint8Array {
    const pieces = [...this.take(count)];
    return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
  }
}
