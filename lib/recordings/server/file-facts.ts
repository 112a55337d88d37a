import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

/** How long bytes are, and their SHA-256. */
export async function bytesFacts(stream: AsyncIterable<unknown>): Promise<{ bytes: number; sha256: Buffer }> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of stream) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { bytes, sha256: hash.digest() };
}

/** {@link bytesFacts} of a file. */
export function fileFacts(file: string): Promise<{ bytes: number; sha256: Buffer }> {
  return bytesFacts(createReadStream(file));
}
