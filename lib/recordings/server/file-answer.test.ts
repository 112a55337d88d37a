import { afterAll, beforeAll, expect, it } from "vitest";
import type { Principal } from "@/lib/auth/principal.ts";
import { principalOfSession } from "@/lib/auth/server/authenticate.ts";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { testSource } from "@/lib/ingest/server/test-source.ts";
import { blobs } from "./blobs.ts";
import { fileAnswer } from "./file-answer.ts";
import { testRecording } from "./test-recording.ts";

let installation: TestInstallation;
let principal: Principal;
let id: string;
beforeAll(async () => {
  installation = await testInstallation();
  const { sessionId } = await installation.login(await installation.addUser("superuser"));
  const signedIn = await principalOfSession(sessionId, new Headers());
  if (!signedIn) throw new Error("nobody");
  principal = signedIn;
  const source = await testSource(installation.organizationId, "native");
  id = await testRecording(installation.organizationId, source.id, {
    word: "seen",
    user: '../"ann"\n@example.org',
    target: "web-1",
    time: "2026-11-20T10:00:00.000000Z",
  });
});
afterAll(() => installation.remove());

it("a download is text with times, under a name that says nothing to a shell or a header", async () => {
  const answer = await fileAnswer(principal, id, "text");
  expect(answer.headers.get("content-disposition")).toMatch(/^attachment; filename="[\w.-]+\.txt"$/);
  expect(await answer.text()).toMatch(/^00:00:0\d\.\d{3} {2}.*seen/m);
});

it("the original breaks off at its end when it is no longer what was received, whoever reads it", async () => {
  await pool().query("UPDATE recordings SET sha256 = $2 WHERE id = $1", [id, Buffer.alloc(32)]);
  const unread = await fileAnswer(principal, id, "original");
  await expect((await fileAnswer(principal, id, "original")).text()).rejects.toThrow("SHA-256");
  // Nobody asked for this one meanwhile, and its failure was nobody else's.
  await expect(unread.text()).rejects.toThrow("SHA-256");
});

it("a file that is gone fails the answer, and nothing else", async () => {
  await blobs().removeRecording(installation.organizationId, id);
  for (const file of ["text", "cast", "original"] as const)
    await expect(fileAnswer(principal, id, file)).rejects.toMatchObject({ code: "ENOENT" });
});

it("a request that was made to look like others, or to steer a terminal, is one plain line", async () => {
  const source = await testSource(installation.organizationId, "http-access");
  const request = { time: "2026-11-20T10:00:00Z", method: "GET", status: 200, remote_user: "ann" };
  await source.post(
    `${JSON.stringify({ ...request, path: "/a\u001b]0;b\u0007\u2028\u0085\r\nGET /admin", host: "h" })}\n`,
    "one",
  );
  const found = await pool().query<{ id: string }>("SELECT id FROM recordings WHERE source_id = $1", [
    source.id,
  ]);
  const text = await (await fileAnswer(principal, found.rows[0]?.id ?? "", "text")).text();
  expect(text).toMatch(/^\d\d:\d\d:\d\d\.\d{3} {2}GET h \/a \]0;b GET \/admin {2}\[200\]\n$/);
});
