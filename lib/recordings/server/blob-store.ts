import type { Readable } from "node:stream";
import { Problem } from "@/lib/http/problem.ts";

/**
 * Where the bytes of recordings lie. A blob is there whole or not at all. Keys are made by blob-key.ts and nowhere
 * else; no name from outside is part of one. Every method throws {@link StoreUnavailable} while the store is away.
 */
export type BlobStore = {
  /** Takes a file over; it is safely stored when this resolves, and gone from where it was. */
  put(key: string, file: string): Promise<void>;
  /** @throws Error with code ENOENT when there is none */
  read(key: string): Promise<Buffer>;
  /** Fails at the end of the bytes when they are not the stored ones. @throws Error with code ENOENT when there is none, before anything is read */
  stream(key: string): Promise<Readable>;
  /** Removes everything below a recording; does nothing when nothing is there. */
  removeRecording(organizationId: string, recordingId: string): Promise<void>;
  /** Removes what uploads that were cut off left behind; called once at start. */
  sweep(): Promise<void>;
  /** Resolves when the store can be reached and lets us in. */
  check(): Promise<void>;
};

const retryAfterSeconds = 30;

/** The store cannot be reached, or refuses us: 503, and nothing is lost by asking again. */
export class StoreUnavailable extends Problem {
  constructor(cause?: unknown) {
    super(503, "The store of the recordings cannot be reached at the moment. Try again later.", {
      headers: { "retry-after": String(retryAfterSeconds) },
      cause,
    });
  }
}

/** There is no blob of this key, as the file system says it. */
export function missingBlob(key: string): Error {
  return Object.assign(new Error(`ENOENT: there is no ${key}`), { code: "ENOENT" });
}
