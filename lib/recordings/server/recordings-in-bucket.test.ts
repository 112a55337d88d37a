import http from "node:http";
import type { AddressInfo } from "node:net";
import pg from "pg";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { testPrincipal } from "@/lib/auth/server/test-principal.ts";
import { pool } from "@/lib/db/client.ts";
import { type TestSource, testSource } from "@/lib/ingest/server/test-source.ts";
import type { RecordingLine } from "../recording-line.ts";
import { removeBlobs } from "./blob-removals.ts";
import { deleteRecording } from "./delete.ts";
import { fileAnswer } from "./file-answer.ts";
import { findRecording } from "./list.ts";
import { openFile, segmentOf } from "./read.ts";
import { type TestBucket, testBucket } from "./test-bucket.ts";
import { handleUpload } from "./upload.ts";

let bucket: TestBucket;
let installation: TestInstallation;
let source: TestSource;
let server: http.Server;
let admin: ReturnType<typeof testPrincipal>;
beforeAll(async () => {
  bucket = await testBucket();
  Object.assign(process.env, bucket.environment);
  installation = await testInstallation();
  source = await testSource(installation.organizationId, "recordings");
  admin = testPrincipal(await installation.addUser("admin"));
  server = http.createServer((request, response) => {
    void handleUpload(request, response, { requestId: "test", address: "192.0.2.1" });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  server.close();
  await installation.remove();
  await bucket.close();
});

const cast = (word: string) =>
  Buffer.from(`{"version": 2, "width": 80, "height": 24}\n[0.1, "o", "${word}\\r\\n"]\n`);

async function upload(file: Buffer): Promise<Response> {
  const form = new FormData();
  form.append("user", "ann@example.org");
  form.append("target", "web-1");
  form.append("file", new Blob([new Uint8Array(file)]), "session");
  return await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/recordings`, {
    method: "POST",
    body: form,
    headers: { authorization: `Bearer ${source.token}` },
  });
}

async function settled(id: string): Promise<RecordingLine> {
  return await vi.waitFor(
    async () => {
      const line = await findRecording({ organizationId: installation.organizationId }, id);
      if (line?.state !== "ready") throw new Error(`not yet: ${line?.state} ${line?.fault}`);
      return line;
    },
    { timeout: 60_000, interval: 50 },
  );
}

async function stored(word: string): Promise<RecordingLine> {
  const answer = await upload(cast(word));
  expect(answer.status).toBe(201);
  return await settled(((await answer.json()) as { id: string }).id);
}

const objects = (line: RecordingLine) => bucket.keys(`/${line.id}/`);

it("is worked out, played and read out of the bucket", async () => {
  const line = await stored("played");
  expect(await objects(line)).toHaveLength(5);
  expect((await segmentOf(admin, line, 0, undefined)).events).not.toEqual([]);
  expect(await (await fileAnswer(admin, line.id, "text")).text()).toContain("played");
  expect((await (await openFile(admin, line, "original")).toArray()).join("")).toBe(String(cast("played")));
});

it("is refused while the bucket is away, leaves nothing, and is taken when it is sent again", async () => {
  bucket.disturb((method) => (method === "PUT" ? "refuse" : undefined));
  const answer = await upload(cast("again"));
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "30"]);
  const rows = await pool().query("SELECT FROM recordings WHERE state <> 'ready'");
  expect(rows.rowCount).toBe(0);
  bucket.disturb(() => undefined);
  await stored("again");
  // What was to come and did not is remembered, and forgotten once it was looked for.
  await pool().query("UPDATE blob_removals SET due_at = now()");
  expect(await removeBlobs()).toBe(1);
  expect((await pool().query("SELECT FROM blob_removals")).rowCount).toBe(0);
});

it("is gone for people at once and from the bucket as soon as that is there", async () => {
  const line = await stored("gone");
  bucket.disturb(() => "refuse");
  await deleteRecording(admin, line, "no longer needed");
  bucket.disturb(() => undefined);
  expect(await objects(line)).not.toEqual([]);
  expect(await findRecording({ organizationId: installation.organizationId }, line.id)).toMatchObject({
    state: "deleted",
  });
  expect(await removeBlobs()).toBe(1);
  expect(await objects(line)).toEqual([]);
});

it("that another run stored and did not come to name is removed", async () => {
  const line = await stored("left over");
  const owner = new pg.Client({ connectionString: installation.ownerUrl });
  await owner.connect();
  await owner.query("DELETE FROM recordings WHERE id = $1", [line.id]);
  await owner.end();
  await pool().query("INSERT INTO blob_removals (organization_id, recording_id) VALUES ($1, $2)", [
    installation.organizationId,
    line.id,
  ]);
  expect(await removeBlobs()).toBe(1);
  expect(await objects(line)).toEqual([]);
});
