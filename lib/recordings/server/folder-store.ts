import { access, constants, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { recordingPrefix } from "./blob-key.ts";
import type { BlobStore } from "./blob-store.ts";

/** Blobs as files below a folder, on the disk that staged files lie on. */
export function folderStore(folder: string): BlobStore {
  return {
    async put(key, file) {
      const target = path.join(folder, key);
      await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
      await sync(file);
      await rename(file, target);
      await sync(path.dirname(target));
    },
    read: (key) => readFile(path.join(folder, key)),
    stream: async (key) => (await open(path.join(folder, key))).createReadStream(),
    removeRecording: async (organizationId, recordingId) => {
      const place = path.join(folder, recordingPrefix(organizationId, recordingId));
      await rm(place, { recursive: true, force: true });
    },
    // A file comes by a rename: nothing is ever cut off here.
    sweep: async () => undefined,
    check: async () => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await access(folder, constants.R_OK | constants.W_OK);
    },
  };
}

/** A rename is durable only once the folder is. */
async function sync(file: string): Promise<void> {
  const handle = await open(file, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
