import "server-only";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";
import { env } from "@/lib/env.ts";

/** Where the bytes of recordings lie. Keys are made here and nowhere else; no name from outside is part of one. */
export type BlobStore = {
  /** Takes a file over; it is on disk when this resolves, and gone from where it was. */
  put(key: string, file: string): Promise<void>;
  /** @throws Error with code ENOENT when there is none */
  read(key: string): Promise<Buffer>;
  /** @throws Error with code ENOENT when there is none, before anything is read */
  stream(key: string): Promise<Readable>;
  /** Removes everything below a recording. */
  removeRecording(organizationId: string, recordingId: string): Promise<void>;
};

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The key of one file of a recording. @throws Error when a part is none that Daybook makes */
export function blobKey(organizationId: string, recordingId: string, file: BlobFile): string {
  if (!uuid.test(organizationId) || !uuid.test(recordingId)) throw new Error("Not the ids of a recording");
  return `${organizationId}/${recordingId}/${blobFileName(file)}`;
}

/** `original` as received; the rest is made from it and may be made again. */
export type BlobFile = "original" | "cast" | "text" | "summary" | { segment: number };

/** What a file of a recording is called, in the store and by the conversion that makes it. */
export function blobFileName(file: BlobFile): string {
  if (typeof file === "string")
    return { original: "original", cast: "recording.cast.gz", text: "text.txt.gz", summary: "summary.json" }[
      file
    ];
  if (!Number.isInteger(file.segment) || file.segment < 0) throw new Error("Segments are numbered from 0");
  return `segment-${file.segment}.json.gz`;
}

/** The folder `recordings` of the data folder. */
export function blobFolder(): string {
  return path.join(env().DATA_DIR, "recordings");
}

/** A new folder for files on their way into the store, on the same disk. The caller removes it. */
export async function stagingFolder(id: string): Promise<string> {
  if (!uuid.test(id)) throw new Error("Not an id");
  const folder = path.join(blobFolder(), "staging", id);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** Uploads that an earlier run did not finish. Called once at start. */
export async function clearStaging(): Promise<void> {
  await rm(path.join(blobFolder(), "staging"), { recursive: true, force: true });
}

/** The store of this installation: files below the data folder. */
export function blobs(): BlobStore {
  return folderStore;
}

const folderStore: BlobStore = {
  async put(key, file) {
    const target = path.join(blobFolder(), key);
    await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
    await sync(file);
    await rename(file, target);
    await sync(path.dirname(target));
  },
  read: (key) => readFile(path.join(blobFolder(), key)),
  stream: async (key) => (await open(path.join(blobFolder(), key))).createReadStream(),
  removeRecording: async (organizationId, recordingId) => {
    const folder = path.dirname(path.join(blobFolder(), blobKey(organizationId, recordingId, "original")));
    await rm(folder, { recursive: true, force: true });
  },
};

/** A rename is durable only once the folder is. */
async function sync(file: string): Promise<void> {
  const handle = await open(file, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
