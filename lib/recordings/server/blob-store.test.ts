import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { v7 as uuidv7 } from "uuid";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { env } from "@/lib/env.ts";
import { blobKey } from "./blob-key.ts";
import { type BlobStore, StoreUnavailable } from "./blob-store.ts";
import { folderStore } from "./folder-store.ts";
import { bucketStore } from "./s3-store.ts";
import { type TestBucket, testBucket } from "./test-bucket.ts";

let bucket: TestBucket;
let folder: string;
let stores: { [name: string]: BlobStore };
beforeAll(async () => {
  bucket = await testBucket();
  folder = mkdtempSync(path.join(tmpdir(), "daybook-blobs-"));
  Object.assign(process.env, {
    DATABASE_URL: "postgresql://nobody@127.0.0.1:1/none",
    DATA_DIR: folder,
    NEXTAUTH_URL: "http://localhost:3000",
    NEXTAUTH_SECRET: "x".repeat(32),
    REDACTION_KEY: Buffer.alloc(32).toString("base64"),
    AUTHORITY_KEY: Buffer.alloc(32).toString("base64"),
    SEALING_KEY: Buffer.alloc(32).toString("base64"),
    LOG_LEVEL: "silent",
    ...bucket.environment,
  });
  stores = { folder: folderStore(path.join(folder, "blobs")), bucket: bucketStore(env()) };
});
afterAll(async () => {
  await bucket.close();
  rmSync(folder, { recursive: true });
});

let key: string;
let organizationId: string;
let recordingId: string;
beforeEach(() => {
  [organizationId, recordingId] = [uuidv7(), uuidv7()];
  key = blobKey(organizationId, recordingId, "original");
  bucket.requests();
});
afterEach(() => bucket.disturb(() => undefined));

async function file(bytes: Uint8Array): Promise<string> {
  const name = path.join(folder, uuidv7());
  await mkdir(folder, { recursive: true });
  await writeFile(name, bytes);
  return name;
}

const storeOf = (name: string): BlobStore => {
  const store = stores[name];
  if (!store) throw new Error(name);
  return store;
};
const large = randomBytes(20 * 1024 * 1024 + 17);
const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

async function digestOf(stream: AsyncIterable<unknown>): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of stream) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

describe.each(["folder", "bucket"])("a store that is a %s", (name) => {
  it.each([
    ["small", Buffer.from("a session")],
    ["larger than one request", large],
  ])("takes a file over and gives the same bytes back: %s", async (_what, bytes) => {
    const store = storeOf(name);
    const given = await file(bytes);
    await store.put(key, given);
    expect(existsSync(given)).toBe(false);
    expect(digest(await store.read(key))).toBe(digest(bytes));
    expect(await digestOf(await store.stream(key))).toBe(digest(bytes));
  });

  it("says what is not there, and removes all of a recording and nothing else", async () => {
    const store = storeOf(name);
    const other = blobKey(organizationId, uuidv7(), "original");
    for (const one of [key, blobKey(organizationId, recordingId, { segment: 3 }), other])
      await store.put(one, await file(Buffer.from(one)));
    await store.removeRecording(organizationId, recordingId);
    await store.removeRecording(organizationId, recordingId);
    await expect(store.read(key)).rejects.toMatchObject({ code: "ENOENT" });
    await expect(store.stream(key)).rejects.toMatchObject({ code: "ENOENT" });
    expect((await store.read(other)).toString()).toBe(other);
    await store.check();
  });

  it("has no key from outside", () => {
    expect(() => blobKey(organizationId, "../../etc", "original")).toThrow();
    expect(() => blobKey(organizationId, recordingId, { segment: -1 })).toThrow();
  });
});

describe("a bucket", () => {
  const isPart = (method: string, url: string) => method === "PUT" && url.includes("partNumber=2");

  it("is sent bodies that are signed with their SHA-256", async () => {
    const bytes = Buffer.from("signed");
    await storeOf("bucket").put(key, await file(bytes));
    expect(bucket.requests().map(({ method, sha256 }) => [method, sha256])).toEqual([["PUT", digest(bytes)]]);
  });

  it("never has half of a file: parts that cannot follow take the others back, and the file stays here", async () => {
    const store = storeOf("bucket");
    const given = await file(large);
    bucket.disturb((method, url) => (isPart(method, url) ? "refuse" : undefined));
    await expect(store.put(key, given)).rejects.toBeInstanceOf(StoreUnavailable);
    expect(existsSync(given)).toBe(true);
    const last = bucket.requests().at(-1);
    expect(last).toMatchObject({ method: "DELETE", url: expect.stringContaining("uploadId=") });
    await expect(store.read(key)).rejects.toMatchObject({ code: "ENOENT" });
    bucket.disturb(() => undefined);
    await store.put(key, given);
    expect(digest(await store.read(key))).toBe(digest(large));
  });

  it("is read in ranges, and on after an answer that breaks off", async () => {
    const store = storeOf("bucket");
    await store.put(key, await file(large));
    let broken = 0;
    bucket.disturb((method) => (method === "GET" && broken++ < 2 ? "break" : undefined));
    bucket.requests();
    expect(await digestOf(await store.stream(key))).toBe(digest(large));
    expect(bucket.requests().length).toBe(5);
  });

  it("that gives other bytes than it was given breaks the reading off", async () => {
    const store = storeOf("bucket");
    await store.put(key, await file(Buffer.from("what was recorded")));
    bucket.disturb(() => "corrupt");
    await expect(store.read(key)).rejects.toThrow("SHA-256");
  });

  it("that is away is said to be away, and asked again later", async () => {
    const store = storeOf("bucket");
    const given = await file(Buffer.from("kept"));
    bucket.disturb(() => "refuse");
    for (const attempt of [
      () => store.put(key, given),
      () => store.read(key),
      () => store.stream(key),
      () => store.check(),
    ])
      await expect(attempt()).rejects.toMatchObject({ status: 503, headers: { "retry-after": "30" } });
    const nobody = bucketStore({ ...env(), RECORDINGS_S3_ENDPOINT: "http://127.0.0.1:1" });
    await expect(nobody.check()).rejects.toBeInstanceOf(StoreUnavailable);
    const elsewhere = bucketStore({ ...env(), RECORDINGS_S3_BUCKET: "a-bucket-that-is-not" });
    bucket.disturb(() => undefined);
    await expect(elsewhere.put(key, given)).rejects.toBeInstanceOf(StoreUnavailable);
    expect(existsSync(given)).toBe(true);
  });
});
