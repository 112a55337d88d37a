import { SudoProtocolError } from "@/lib/recordings/sudo/protocol-error.ts";

/** sudo's own limit (MESSAGE_SIZE_MAX). */
const LARGEST = 2 * 1024 * 1024;
const HEADER = 4;
const FIRST_ALLOCATION = 16 * 1024;

/**
 * Cuts what a socket delivers into messages: each is preceded by its length, four bytes, the highest first.
 * Memory is taken for bytes that have come, never for a length that was only announced.
 */
export class FrameReader {
  readonly #header = Buffer.alloc(HEADER);
  #headerFilled = 0;
  #body: Buffer = Buffer.alloc(0);
  #bodyFilled = 0;

  /** How many messages have ended. */
  finished = 0;

  /** Whether a message has begun and not ended. */
  get isWithinFrame(): boolean {
    return this.#headerFilled > 0;
  }

  /**
   * The messages that end within this chunk, without their lengths.
   * @throws {SudoProtocolError} as soon as a length beyond 2 MiB is announced
   */
  *push(chunk: Buffer): Generator<Buffer> {
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#headerFilled < HEADER) {
        const taken = rest.copy(this.#header, this.#headerFilled, 0, HEADER - this.#headerFilled);
        this.#headerFilled += taken;
        rest = rest.subarray(taken);
        if (this.#headerFilled < HEADER) return;
      }
      const length = this.#header.readUInt32BE();
      if (length > LARGEST) {
        throw new SudoProtocolError(`a message of ${length} bytes is longer than ${LARGEST}`);
      }
      const taken = Math.min(length - this.#bodyFilled, rest.length);
      const part = rest.subarray(0, taken);
      rest = rest.subarray(taken);
      if (taken === length) yield this.#finish(part);
      else {
        this.#append(part, length);
        if (this.#bodyFilled === length) yield this.#finish(this.#body.subarray(0, length));
      }
    }
  }

  #append(part: Buffer, length: number): void {
    const needed = this.#bodyFilled + part.length;
    if (needed > this.#body.length) {
      const larger = Buffer.alloc(
        Math.min(length, Math.max(needed, 2 * this.#body.length, FIRST_ALLOCATION)),
      );
      this.#body.copy(larger, 0, 0, this.#bodyFilled);
      this.#body = larger;
    }
    part.copy(this.#body, this.#bodyFilled);
    this.#bodyFilled = needed;
  }

  #finish(frame: Buffer): Buffer {
    this.finished += 1;
    this.#headerFilled = 0;
    this.#bodyFilled = 0;
    this.#body = Buffer.alloc(0);
    return frame;
  }
}

/** A message as it goes over the wire. */
export function frameOf(message: Uint8Array): Buffer {
  const frame = Buffer.alloc(HEADER + message.length);
  frame.writeUInt32BE(message.length);
  frame.set(message, HEADER);
  return frame;
}
