import { createHash } from "node:crypto";
import { Transform } from "node:stream";

/** What is stored is not what was received. */
export class ContentFault extends Error {
  override name = "ContentFault";
  constructor() {
    super("The stored bytes are not those that were received: their SHA-256 differs");
  }
}

/**
 * Passes bytes on and fails at their end when they are not the ones whose SHA-256 is kept.
 * @param sha256 in hex
 */
export function checkedBytes(sha256: string): Transform {
  const hash = createHash("sha256");
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
    flush(done) {
      done(hash.digest("hex") === sha256 ? null : new ContentFault());
    },
  });
}
