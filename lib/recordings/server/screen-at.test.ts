import { afterAll, beforeAll, expect, it } from "vitest";
import type { Principal } from "@/lib/auth/principal.ts";
import { principalOfSession } from "@/lib/auth/server/authenticate.ts";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { testSource } from "@/lib/ingest/server/test-source.ts";
import type { RecordingLine } from "../recording-line.ts";
import type { ScreenPicture } from "../screen-picture.ts";
import { deleteRecording } from "./delete.ts";
import { requireRecording } from "./read.ts";
import { screenAt } from "./screen-at.ts";
import { testRecording } from "./test-recording.ts";

let installation: TestInstallation;
let principal: Principal;
let line: RecordingLine;
beforeAll(async () => {
  installation = await testInstallation();
  const { sessionId } = await installation.login(await installation.addUser("superuser"));
  const found = await principalOfSession(sessionId, new Headers());
  if (!found) throw new Error("nobody");
  principal = found;
  const source = await testSource(installation.organizationId, "recordings");
  const facts = { word: "hello", user: "ann", target: "web-1", time: "2026-11-20T10:00:00.000000Z" };
  line = await requireRecording(
    principal,
    await testRecording(installation.organizationId, source.id, facts),
  );
});
afterAll(async () => {
  await installation.remove();
});

const textOf = ({ lines }: ScreenPicture) => lines.map((runs) => runs.map(([, text]) => text).join(""));
const waiting = new AbortController().signal;

it("is what was on the screen at that moment", async () => {
  const at = async (us: number) => textOf(await screenAt(principal, line, us, waiting));
  expect(await at(0)).toEqual([]);
  expect(await at(500_000)).toEqual(["hello $"]);
  expect(await at(4_999_999)).toEqual(["hello $ echo hello"]);
  expect(await at(5_000_000)).toEqual(["hello $ echo hello", "hello"]);
  expect(await at(99_000_000)).toEqual(["hello $ echo hello", "hello"]);
  expect(await screenAt(principal, line, 99_000_000, waiting)).toMatchObject({
    atUs: 5_000_000,
    columns: 80,
    rows: 24,
  });
});

it("is not worked out for somebody who is gone, nor for very many at once", async () => {
  await expect(screenAt(principal, line, 0, AbortSignal.abort())).rejects.toMatchObject({ status: 499 });
  const many = Array.from({ length: 300 }, () => screenAt(principal, line, 5_000_000, waiting));
  const answers = await Promise.allSettled(many);
  const refused = answers.flatMap((answer) => (answer.status === "rejected" ? [answer.reason] : []));
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.length).toBeLessThan(300);
  for (const reason of refused) expect(reason).toMatchObject({ status: 503 });
  expect(textOf(await screenAt(principal, line, 0, waiting))).toEqual([]);
});

it("is gone with the recording, also from memory", async () => {
  await screenAt(principal, line, 0, waiting);
  await deleteRecording(principal, line, "by mistake");
  await expect(screenAt(principal, line, 0, waiting)).rejects.toMatchObject({ code: "ENOENT" });
});
