import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** Bytes that can be read anywhere in any order: a file, a part of one, or memory. */
export type ByteSource = {
  readonly size: number;
  /** At most `length` bytes from `offset` on; fewer at the end. The result may be overwritten by nobody. */
  read(offset: number, length: number): Uint8Array;
};

/** One file of a recording, or one member of its tar. Its name is used for nothing but telling parts apart. */
export type RecordingPart = { name: string; source: ByteSource };

const CHUNK = 256 * 1024;

export function bytesSource(bytes: Uint8Array): ByteSource {
  return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}

/** A file, open until `close`. The size is the one it had when it was opened. */
export function fileSource(path: string): ByteSource & { close(): void } {
  const file = openSync(path, "r");
  const size = fstatSync(file).size;
  return {
    size,
    read(offset, length) {
      const wanted = Math.max(0, Math.min(length, size - offset));
      const bytes = Buffer.allocUnsafeSlow(wanted);
      let filled = 0;
      while (filled < wanted) {
        const count = readSync(file, bytes, filled, wanted - filled, offset + filled);
        if (count === 0) break;
        filled += count;
      }
      return bytes.subarray(0, filled);
    },
    close: () => closeSync(file),
  };
}

/** A stretch of another source. */
export function sliceSource(source: ByteSource, start: number, size: number): ByteSource {
  const length = Math.max(0, Math.min(size, source.size - start));
  return {
    size: length,
    read: (offset, wanted) => source.read(start + offset, Math.max(0, Math.min(wanted, length - offset))),
  };
}

/** The bytes in order, a quarter of a mebibyte at once. */
export function* chunksOf(source: ByteSource, start = 0): Generator<Uint8Array, void> {
  for (let at = start; at < source.size; ) {
    const chunk = source.read(at, CHUNK);
    if (chunk.length === 0) return;
    yield chunk;
    at += chunk.length;
  }
}
