import "server-only";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { validate as isUuid } from "uuid";
import { type Env, env } from "@/lib/env.ts";
import type { BlobStore } from "./blob-store.ts";
import { folderStore } from "./folder-store.ts";

// The server's bundles share only globalThis; a client of the bucket keeps its connections open.
const shared = globalThis as { [chosen]?: { name: string; store: BlobStore } };
const chosen: unique symbol = Symbol.for("daybook.blobs");

/** The store of this installation: the bucket of the environment, or else files below the data folder. */
export function blobs(): BlobStore {
  const { RECORDINGS_S3_BUCKET: bucket, RECORDINGS_S3_ENDPOINT: endpoint = "" } = env();
  const name = bucket === undefined ? blobFolder() : `${endpoint} ${bucket}`;
  if (shared[chosen]?.name !== name)
    shared[chosen] = { name, store: bucket === undefined ? folderStore(name) : lazyBucket(env()) };
  return shared[chosen].store;
}

/** Loads the client of buckets once it is needed: most installations have none. */
function lazyBucket(settings: Env): BlobStore {
  let opened: Promise<BlobStore> | undefined;
  const store = (): Promise<BlobStore> => {
    opened ??= import("./s3-store.ts").then(({ bucketStore }) => bucketStore(settings));
    return opened;
  };
  return {
    put: async (key, file) => (await store()).put(key, file),
    read: async (key) => (await store()).read(key),
    stream: async (key) => (await store()).stream(key),
    removeRecording: async (organizationId, id) => (await store()).removeRecording(organizationId, id),
    sweep: async () => (await store()).sweep(),
    check: async () => (await store()).check(),
  };
}

/** The folder `recordings` of the data folder: of blobs where no bucket is set, and of files on their way in any case. */
export function blobFolder(): string {
  return path.join(env().DATA_DIR, "recordings");
}

/** A new folder for files on their way into the store, on this machine's disk. The caller removes it. */
export async function stagingFolder(id: string): Promise<string> {
  if (!isUuid(id)) throw new Error("Not an id");
  const folder = path.join(blobFolder(), "staging", id);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** Uploads that an earlier run did not finish. Called once at start. */
export async function clearStaging(): Promise<void> {
  await rm(path.join(blobFolder(), "staging"), { recursive: true, force: true });
}
