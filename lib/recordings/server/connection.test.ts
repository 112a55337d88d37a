import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Principal } from "@/lib/auth/principal.ts";
import { principalOfSession } from "@/lib/auth/server/authenticate.ts";
import {
  type TestInstallation,
  type TestUser,
  testInstallation,
} from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { lines, type TestSource, testSource } from "@/lib/ingest/server/test-source.ts";
import { readConnection, readHistory } from "./connection.ts";
import { playbackOf, recordReading, requireRecording } from "./read.ts";
import { recordSearch } from "./readers.ts";
import { testRecording } from "./test-recording.ts";

let installation: TestInstallation;
let source: TestSource;
let superuser: Principal;
beforeAll(async () => {
  installation = await testInstallation();
  source = await testSource(installation.organizationId, "native");
  superuser = await signedIn(await installation.addUser("superuser"));
});
afterAll(() => installation.remove());

async function signedIn(user: TestUser): Promise<Principal> {
  const { sessionId } = await installation.login(user);
  const principal = await principalOfSession(sessionId, new Headers());
  if (!principal) throw new Error("nobody");
  return principal;
}

const time = "2026-11-20T10:00:00.000000Z";

/** Makes a connection by its event. @returns its id */
async function connect(ref: string, user: string): Promise<string> {
  const event = {
    log: "connection-events",
    id: ref,
    time,
    user,
    target: "web-1",
    kind: "ssh",
    event: "open",
  };
  await source.post(lines([{ ...event, connectionRef: ref }]));
  const found = await pool().query<{ id: string }>("SELECT id FROM connections WHERE ref = $1", [ref]);
  return found.rows[0]?.id ?? "";
}

async function record(connectionId: string, user: string): Promise<string> {
  const facts = { word: "x", user, target: "web-1", time };
  const id = await testRecording(installation.organizationId, source.id, facts);
  await pool().query("UPDATE recordings SET connection_id = $2 WHERE id = $1", [id, connectionId]);
  return id;
}

describe("a connection", () => {
  it("is not recorded where its source sends none, and expected where it does", async () => {
    const id = await connect("plain", "ann");
    expect(await readConnection(superuser, id)).toMatchObject({
      row: { user: "ann", status: "opened" },
      recording: undefined,
      expected: false,
    });
    const says = await testSource(installation.organizationId, "sshd", { recorded: "yes" });
    await pool().query("UPDATE connections SET source_id = $2 WHERE id = $1", [id, says.id]);
    expect(await readConnection(superuser, id)).toMatchObject({ recording: undefined, expected: true });
    const sends = await testSource(installation.organizationId, "recordings");
    await pool().query("UPDATE connections SET source_id = $2 WHERE id = $1", [id, sends.id]);
    expect(await readConnection(superuser, id)).toMatchObject({ recording: undefined, expected: true });
  });

  it("has its recording, the latest that is not deleted", async () => {
    const connection = await connect("recorded", "ann");
    const kept = await record(connection, "ann");
    const gone = await record(connection, "ann");
    await pool().query("UPDATE recordings SET deleted_at = now() WHERE id = $1", [gone]);
    expect((await readConnection(superuser, connection))?.recording?.id).toBe(kept);
    await pool().query("UPDATE recordings SET deleted_at = now() WHERE id = $1", [kept]);
    expect((await readConnection(superuser, connection))?.recording?.state).toBe("deleted");
  });

  it("has several: the one that is asked for, or that has a command at the moment", async () => {
    const connection = await connect("several", "ann");
    const [first, second] = [await record(connection, "ann"), await record(connection, "ann")];
    const later = "2026-11-20T11:00:00.000000Z";
    await pool().query("UPDATE recordings SET started_at = $2 WHERE id = $1", [second, later]);
    const command = { log: "commands", user: "ann", target: "web-1", connectionRef: "several" };
    await source.post(
      lines([
        { ...command, id: "1", time: "2026-11-20T10:00:03.000000Z", offsetMs: 3000, command: "early" },
        { ...command, id: "2", time: "2026-11-20T11:00:04.000000Z", offsetMs: 4000, command: "late" },
      ]),
    );
    const all = await readConnection(superuser, connection);
    expect(all?.recordings.map(({ id }) => id)).toEqual([first, second]);
    const of = async (wanted: { recordingId?: string; startUs?: number }) =>
      (await readConnection(superuser, connection, wanted))?.recording?.id;
    expect(await of({})).toBe(second);
    expect(await of({ recordingId: first })).toBe(first);
    expect(await of({ recordingId: crypto.randomUUID() })).toBeUndefined();
    expect(await of({ startUs: 3_000_000 })).toBe(first);
    expect(await of({ startUs: 4_000_000 })).toBe(second);
    expect(await of({ startUs: 5_000_000 })).toBe(second);
    for (const [id, command] of [
      [first, "early"],
      [second, "late"],
    ] as const) {
      const line = await requireRecording(superuser, id);
      expect((await playbackOf(superuser, line, undefined)).commands).toMatchObject([{ command }]);
    }
    const beyond = { ...command, id: "3", time: "2026-11-20T11:00:59.000000Z", offsetMs: 59_000 };
    await source.post(lines([{ ...beyond, command: "after the end" }]));
    const { index, commands } = await playbackOf(superuser, await requireRecording(superuser, second), 2);
    expect(commands.at(-1)).toMatchObject({ command: "after the end", timeUs: 59_000_000 });
    expect(index.markers.at(-1)).toEqual([index.duration, "after the end"]);
  });

  it("has the API calls that it made while it was recorded", async () => {
    const connection = await connect("cluster", "ann");
    const line = await requireRecording(superuser, await record(connection, "ann"));
    const call = {
      log: "kubernetes-api-calls",
      user: "ann",
      cluster: "east",
      verb: "get",
      requestUri: "/api/v1/pods",
      connectionRef: "cluster",
    };
    const stage = (id: string, second: number, more: object) => ({
      ...call,
      id,
      time: `2026-11-20T10:00:0${second}.500000Z`,
      ...more,
    });
    await source.post(
      lines([
        stage("call a", 1, { auditId: "a", stage: "RequestReceived" }),
        stage("call b", 2, { auditId: "a", stage: "ResponseComplete", status: 200 }),
        stage("call c", 3, { auditId: "b", stage: "ResponseComplete", status: 403 }),
        stage("call d", 9, { auditId: "c", stage: "ResponseComplete", status: 200 }),
      ]),
    );
    const { apiCalls } = await playbackOf(superuser, line, undefined);
    expect(apiCalls).toEqual([
      { timeUs: 1_500_000, verb: "get", uri: "/api/v1/pods", status: 200, outcome: "success" },
      { timeUs: 3_500_000, verb: "get", uri: "/api/v1/pods", status: 403, outcome: "denied" },
    ]);
    const member = await signedIn(await installation.addUser("member"));
    expect((await playbackOf(member, line, undefined)).apiCalls).toEqual([]);
  });

  it("that is only named by a command is one too", async () => {
    const command = { log: "commands", id: "c", time, user: "ann", target: "web-9", command: "id" };
    await source.post(lines([{ ...command, connectionRef: "named" }]));
    const found = await pool().query<{ id: string }>(
      "SELECT connection_id AS id FROM commands WHERE target = 'web-9'",
    );
    expect(await readConnection(superuser, found.rows[0]?.id ?? "")).toMatchObject({
      row: { user: "ann", target: "web-9" },
      expected: false,
    });
  });

  it("is there for whom it belongs to, and for nobody elsewhere", async () => {
    const user = await installation.addUser("member");
    const member = await signedIn(user);
    const own = await connect("own", user.email);
    const others = await connect("others", "ann");
    await record(others, "ann");
    expect(await readConnection(member, own)).toBeDefined();
    expect(await readConnection(member, others)).toBeUndefined();
    const { otherOrganizationId } = installation;
    const stranger = await signedIn(
      await installation.addUser("superuser", {
        organizationId: otherOrganizationId,
        email: "s@other.example",
      }),
    );
    expect(await readConnection(stranger, others)).toBeUndefined();
  });

  it("tells who read it, and those who see their own alone not", async () => {
    const user = await installation.addUser("member");
    const connection = await connect("watched", user.email);
    const recording = await record(connection, user.email);
    const admin = await signedIn(await installation.addUser("admin"));
    const line = (await readConnection(admin, connection))?.recording;
    if (!line) throw new Error("It is recorded");
    expect((await readHistory(superuser, connection, line)).readers).toEqual({
      rows: [],
      nextCursor: null,
      inLog: true,
    });
    await recordReading(admin, line, "recording:playback");
    await recordReading(admin, line, "recording:download", { file: "cast" });
    await recordReading(admin, line, "session:watching");
    const found = { ...line, recordingId: recording, atUs: 0, line: "x" };
    await recordSearch(superuser, "rm -rf", undefined, [found, found]);
    await recordSearch(superuser, "a\0b", undefined, [found]);
    await recordSearch(superuser, "nothing", undefined, []);
    // A search for its id has not shown it.
    await recordSearch(superuser, recording, undefined, []);
    const { readers } = await readHistory(admin, connection, line);
    expect(readers?.inLog).toBe(false);
    expect(readers?.rows.map(({ eventType, initiator, detail }) => [eventType, initiator, detail])).toEqual([
      ["recording:played", admin.email, null],
      ["recording:downloaded", admin.email, "cast"],
      ["session:watched", admin.email, null],
      ["recording:found", superuser.email, "rm -rf"],
      ["recording:found", superuser.email, "a␀b"],
    ]);
    const told = await readHistory(await signedIn(user), connection, line);
    expect(told.readers).toBeUndefined();
    expect(told.events.rows).toMatchObject([{ event: "open" }]);
  });
});
