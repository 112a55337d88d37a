import "server-only";
import { blobKey } from "./blob-key.ts";

type Kept = { value: Promise<unknown>; bytes: number };

/** Bytes of the files whose content is kept, before they were taken apart; a larger file is not kept. */
const mostBytes = 32 * 1024 * 1024;
const mostOfOne = mostBytes / 4;

const kept = new Map<string, Kept>();
let bytesKept = 0;

/**
 * What a file of a recording says, taken apart once while it is asked for again and again. Whoever asks may see
 * the recording: that is looked up before, every time. The value is shared, and not to be changed.
 * @param key of {@link blobKey}
 * @param read reads it and tells its bytes
 */
export async function parsedFile<Value>(
  key: string,
  read: () => Promise<{ value: Value; bytes: number }>,
): Promise<Value> {
  const found = kept.get(key);
  if (found) {
    // The one that was asked for last goes last.
    kept.delete(key);
    kept.set(key, found);
    return (await found.value) as Value;
  }
  const reading = read();
  const entry: Kept = { value: reading.then(({ value }) => value), bytes: 0 };
  // Whoever began to read hears of a failure, even when nobody else waits for it.
  entry.value.catch(() => undefined);
  kept.set(key, entry);
  try {
    const { value, bytes } = await reading;
    if (kept.get(key) !== entry) return value;
    if (bytes > mostOfOne) kept.delete(key);
    else {
      entry.bytes = bytes;
      bytesKept += bytes;
      makeRoom();
    }
    return value;
  } catch (error) {
    if (kept.get(key) === entry) kept.delete(key);
    throw error;
  }
}

/** Nothing of a recording that was deleted stays in memory. */
export function forgetParsed(organizationId: string, recordingId: string): void {
  const prefix = blobKey(organizationId, recordingId, "summary").replace(/[^/]*$/, "");
  for (const [key, { bytes }] of kept) {
    if (!key.startsWith(prefix)) continue;
    kept.delete(key);
    bytesKept -= bytes;
  }
}

function makeRoom(): void {
  for (const [key, { bytes }] of kept) {
    if (bytesKept <= mostBytes) return;
    kept.delete(key);
    bytesKept -= bytes;
  }
}
