import { appendFile, readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { testPrincipal } from "@/lib/auth/server/test-principal.ts";
import { pool } from "@/lib/db/client.ts";
import { type TestSource, testSource } from "@/lib/ingest/server/test-source.ts";
import { requestKill } from "@/lib/kills/server/request.ts";
import { patience } from "@/lib/test-time.ts";
import { listRecordings } from "./list.ts";
import { liveFile } from "./live-file.ts";
import { awaitLeftSessions, liveSessionsOf } from "./live-store.ts";
import { liveSession, type Watched } from "./stored-session.ts";

let installation: TestInstallation;
let source: TestSource;
beforeAll(async () => {
  installation = await testInstallation();
  source = await testSource(installation.organizationId, "recordings");
});
afterAll(async () => {
  await installation.remove();
});

/** What an earlier process of the server knew is gone; what lies on disk is there. */
async function restart(): Promise<void> {
  const running = Reflect.get(globalThis, Symbol.for("daybook.live-sessions")) as Map<string, unknown>;
  running.clear();
  await awaitLeftSessions();
}

it("a session goes on after a restart, from its last whole event, and is told what was asked for meanwhile", async () => {
  const admin = testPrincipal(await installation.addUser("admin"));
  const scope = { organizationId: installation.organizationId };
  const first = await liveSessionsOf(source).open({
    recordId: "stream 1",
    at: "2026-11-21T10:00:00.000001Z",
    user: "ann",
    targetUser: null,
    target: "web-1",
    command: null,
    argv: null,
    cwd: null,
    tty: null,
    original: {},
    kind: "asciinema",
    columns: 80,
    rows: 24,
    title: "over a restart",
    isRecorded: true,
    killEnds: "stream",
  });
  await first.write([
    [500_000, "o", "before the restart\r\n"],
    [1_000_001, "r", "100x30"],
  ]);
  await first.durable();
  const [line] = await listRecordings(scope, { user: "ann", limit: 1 });
  if (!line) throw new Error("There is a session");
  await appendFile(liveFile(line.id), '[1.5,"o","cut o');
  await restart();
  expect(liveSession(line.id)).toBeUndefined();
  expect((await requestKill(admin, line.connectionId, "meanwhile")).state).toBe("requested");

  const stranger = await testSource(installation.organizationId, "recordings");
  expect(await liveSessionsOf(stranger).resume(first.logId, 0)).toBeNull();
  const [again, same] = await Promise.all([
    liveSessionsOf(source).resume(first.logId, 0),
    liveSessionsOf(source).resume(first.logId, 0),
  ]);
  if (!again) throw new Error("It is not resumed");
  expect(same).toBe(again);
  expect(again).toMatchObject({ storedUs: 1_000_001, startedAt: "2026-11-21T10:00:00.000001Z" });
  const seen: Watched[] = [];
  liveSession(line.id)?.watch((watched) => seen.push(watched));
  expect(seen[0]).toMatchObject({
    columns: 100,
    rows: 30,
    init: expect.stringContaining("restart"),
  });
  const told = await new Promise<string>((resolve) => again.onKill(async (reason) => resolve(reason)));
  expect(told).toBe(`This session was ended by ${admin.email}: meanwhile`);
  await again.write([[2_000_000, "o", "after it\r\n"]]);
  await again.durable();
  const file = await readFile(liveFile(line.id), "utf8");
  expect(file.trimEnd().split("\n").slice(1)).toEqual([
    '[0.5,"o","before the restart\\r\\n"]',
    '[1.000001,"r","100x30"]',
    '[2,"o","after it\\r\\n"]',
  ]);
  await vi.waitFor(async () => {
    const kills = await pool().query("SELECT acknowledged_by FROM kills WHERE connection_id = $1", [
      line.connectionId,
    ]);
    expect(kills.rows).toEqual([{ acknowledged_by: source.name }]);
  }, patience);
  await again.end({
    at: "2026-11-21T10:00:03.000000Z",
    exitCode: null,
    signal: null,
    dumpedCore: false,
    error: "The stream was told to end",
  });
  const closed = await pool().query("SELECT status, cause FROM connections WHERE id = $1", [
    line.connectionId,
  ]);
  expect(closed.rows).toEqual([{ status: "closed", cause: `ended by ${admin.email}` }]);
  const kills = await pool().query("SELECT outcome FROM kills WHERE connection_id = $1", [line.connectionId]);
  expect(kills.rows).toEqual([{ outcome: "ended" }]);
});
