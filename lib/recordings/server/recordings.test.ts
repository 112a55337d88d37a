import { type FileHandle, open, readFile } from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Principal } from "@/lib/auth/principal.ts";
import {
  type TestInstallation,
  type TestUser,
  testInstallation,
} from "@/lib/auth/server/test-installation.ts";
import { testPrincipal } from "@/lib/auth/server/test-principal.ts";
import { pool } from "@/lib/db/client.ts";
import { env } from "@/lib/env.ts";
import { lines, type TestSource, testSource } from "@/lib/ingest/server/test-source.ts";
import { listKills } from "@/lib/kills/server/kills.ts";
import { requestKill } from "@/lib/kills/server/request.ts";
import { settleOverdueKills } from "@/lib/kills/server/watch.ts";
import type { RecordingLine } from "../recording-line.ts";
import { deleteRecording } from "./delete.ts";
import { claimDevice } from "./devices.ts";
import { findRecording, listRecordedPeople, listRecordedTargets, listRecordings } from "./list.ts";
import { liveSessionsOf } from "./live-store.ts";
import { openFile, playbackOf, requireRecording, segmentOf } from "./read.ts";
import { searchRecordings } from "./search.ts";
import { liveSession, type Watched } from "./stored-session.ts";
import { handleUpload } from "./upload.ts";

let installation: TestInstallation;
let source: TestSource;
let server: http.Server;
let url: string;
let admin: Principal;
let member: TestUser;

beforeAll(async () => {
  installation = await testInstallation();
  source = await testSource(installation.organizationId, "recordings");
  admin = testPrincipal(await installation.addUser("admin"));
  member = await installation.addUser("member");
  server = http.createServer((request, response) => {
    void handleUpload(request, response, { requestId: "test", address: "192.0.2.1" });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await installation.remove();
});

const scope = () => ({ organizationId: installation.organizationId });
const sample = (name: string): Promise<Buffer> => readFile(path.join("samples/recordings", name));

async function upload(
  fields: { [name: string]: string },
  file: Uint8Array | undefined,
  authorization = `Bearer ${source.token}`,
): Promise<{ status: number; body: Record<string, string> }> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  if (file) form.append("file", new Blob([new Uint8Array(file)]), "session");
  const response = await fetch(`${url}/api/v1/recordings`, {
    method: "POST",
    body: form,
    headers: { authorization },
  });
  return { status: response.status, body: (await response.json()) as Record<string, string> };
}

const who = { user: "ann@example.org", target: "web-1", targetUser: "root" };

async function settled(id: string): Promise<RecordingLine> {
  return await vi.waitFor(
    async () => {
      const line = await findRecording(scope(), id);
      if (!line || line.state === "processing" || line.state === "live") throw new Error("not yet");
      return line;
    },
    { timeout: 60_000, interval: 50 },
  );
}

async function textOf(line: RecordingLine): Promise<string> {
  const { createGunzip } = await import("node:zlib");
  let text = "";
  for await (const chunk of (await openFile(admin, line, "text")).pipe(createGunzip()).setEncoding("utf8"))
    text += chunk;
  return text;
}

describe("a recording that is posted", () => {
  it("is worked out, searched, played, and its connection and commands are in the logs", async () => {
    const sent = await sample("asciinema/demo-v2.cast");
    const { status, body } = await upload({ ...who, title: "a title" }, sent);
    expect(status).toBe(201);
    expect(body["url"]).toBe(`http://localhost:3000/connections/${body["connectionId"]}`);
    const line = await settled(body["id"] ?? "");
    expect(line).toMatchObject({ ...who, state: "ready", title: "a title", bytes: sent.length, fault: null });
    const connection = await pool().query(
      "SELECT status, user_name, target, target_user, events FROM connections WHERE id = $1",
      [line.connectionId],
    );
    expect(connection.rows).toEqual([
      { status: "closed", user_name: who.user, target: who.target, target_user: "root", events: 2 },
    ]);
    const { index } = await playbackOf(admin, line, undefined);
    expect(index.segments[0]).toEqual({ start: 0, url: "segments/0" });
    const { events } = await segmentOf(admin, line, 0, 2);
    expect(events.length).toBeGreaterThan(0);
    const first = (await textOf(line)).split("\n")[0] ?? "";
    const [word = ""] = /[a-z]{4,}/i.exec(first.slice(14)) ?? [];
    const { hits } = await searchRecordings(scope(), word, { limit: 10 });
    expect(hits[0]).toMatchObject({ recordingId: line.id, user: who.user, target: who.target });
    expect(hits[0]?.line.toLowerCase()).toContain(word.toLowerCase());
  });

  it("is refused with a text that cannot be stored, which is named", async () => {
    for (const field of ["user", "title"]) {
      const { status, body } = await upload({ ...who, [field]: "a\0b" }, Buffer.from("x"));
      expect(status).toBe(400);
      expect(body["errors"]).toEqual([{ parameter: field, reason: "must not contain NUL" }]);
    }
  });

  it("joins a connection of Kubernetes, whose audit log is another source, and no other of another source", async () => {
    const other = await testSource(installation.organizationId, "native");
    const opened = ["kubernetes", "ssh"].map((kind) => ({
      log: "connection-events",
      id: kind,
      time: "2026-11-20T10:00:00.000000Z",
      user: "kay",
      target: "east",
      kind,
      event: "open",
      connectionRef: kind,
    }));
    await other.post(lines(opened));
    const found = await pool().query<{ id: string }>(
      "SELECT id FROM connections WHERE source_id = $1 ORDER BY kind",
      [other.id],
    );
    const [kubernetes = "", ssh = ""] = found.rows.map(({ id }) => id);
    const cast = Buffer.from('{"version":2,"width":80,"height":24}\n[1,"o","in the pod\\r\\n"]');
    const joined = await upload({ connection: kubernetes }, cast);
    expect(joined).toMatchObject({ status: 201, body: { connectionId: kubernetes } });
    const line = await settled(joined.body["id"] ?? "");
    expect(line).toMatchObject({ user: "kay", target: "east", connectionId: kubernetes });
    expect(await upload({ connection: ssh }, Buffer.from("x"))).toMatchObject({ status: 400 });
  });

  it("joins the connection that it names, and makes none", async () => {
    const first = await upload(
      who,
      Buffer.from('{"version":2,"width":80,"height":24}\n[1,"o","$ "]\n[2,"o","first\\r\\n"]'),
    );
    await settled(first.body["id"] ?? "");
    const connection = first.body["connectionId"] ?? "";
    const more = Buffer.from('{"version":2,"width":80,"height":24}\n[1,"o","$ "]\n[2,"o","second\\r\\n"]');
    const second = await upload({ ...who, connection, startedAt: "2026-11-20T10:00:00.000000Z" }, more);
    expect(second.body).toMatchObject({ connectionId: connection });
    const line = await settled(second.body["id"] ?? "");
    expect(line.connectionId).toBe(connection);
    const rows = await pool().query(
      `SELECT (SELECT count(*)::int FROM connection_events WHERE connection_id = $1) AS events,
         (SELECT array_agg(command ORDER BY command) FROM commands WHERE connection_id = $1) AS commands`,
      [connection],
    );
    expect(rows.rows).toEqual([{ events: 2, commands: ["first", "second"] }]);
    expect((await playbackOf(admin, line, undefined)).commands).toMatchObject([{ command: "second" }]);
    for (const [fields, reason] of [
      [{ connection: "x" }, "must be the id of a connection"],
      [{ connection: crypto.randomUUID() }, "is no connection of this source"],
      [{ connection, user: "bob" }, "is not who the connection is of"],
    ] as const) {
      const refused = await upload({ ...who, ...fields }, Buffer.from("x"));
      expect(refused).toMatchObject({ status: 400, body: { message: expect.stringContaining(reason) } });
    }
  });

  it("is one recording however often it is sent", async () => {
    const file = await sample("asciinema/demo-v2.cast");
    const [first, second] = [await upload(who, file), await upload({ ...who, user: "bob" }, file)];
    expect(second.body["id"]).toBe(first.body["id"]);
    await settled(first.body["id"] ?? "");
    expect((await upload(who, file)).body["id"]).toBe(first.body["id"]);
  });

  it("is kept when it cannot be played, and says why", async () => {
    const { body } = await upload(who, Buffer.from('{"version": 9, "width": 80, "height": 24}\n'));
    const line = await settled(body["id"] ?? "");
    expect(line.state).toBe("failed");
    expect(line.fault).toContain("version");
    await expect(playbackOf(admin, line, undefined)).rejects.toMatchObject({ status: 409 });
    const kept = await openFile(admin, line, "original");
    let bytes = "";
    for await (const chunk of kept.setEncoding("utf8")) bytes += chunk;
    expect(bytes).toContain('"version": 9');
    const events = await pool().query(
      "SELECT event, cause FROM connection_events WHERE connection_id = $1 ORDER BY seq",
      [line.connectionId],
    );
    expect(events.rows).toEqual([
      { event: "open", cause: null },
      { event: "closed", cause: "the recording cannot be played" },
    ]);
  });

  it.each([
    ["1970, of a machine without a clock", 5],
    ["nine years from now", Math.floor(Date.now() / 1000) + 9 * 365 * 86_400],
  ])("stands where it was received when it says %s", async (_name, timestamp) => {
    const head = { version: 2, width: 80, height: 24, timestamp };
    const { body } = await upload(
      who,
      Buffer.from(`${JSON.stringify(head)}\n[1,"o","$ "]\n[2,"o","id\\r\\n"]`),
    );
    const line = await settled(body["id"] ?? "");
    expect(line).toMatchObject({ state: "ready", durationUs: 2_000_000, commands: 1 });
    expect(Math.abs(Date.parse(line.startedAt) - Date.parse(line.receivedAt))).toBeLessThan(10_000);
    expect(line.findings).toMatchObject([
      {
        code: "clock",
        message: expect.stringContaining(new Date(timestamp * 1000).toISOString().slice(0, 19)),
      },
    ]);
    const connection = await pool().query("SELECT status FROM connections WHERE id = $1", [
      line.connectionId,
    ]);
    expect(connection.rows).toEqual([{ status: "closed" }]);
  });

  it.each([
    ["no file", {}, undefined, 400, "file"],
    ["nobody", { target: "web-1" }, Buffer.from("x"), 400, "user"],
    ["an empty file", who, Buffer.alloc(0), 400, "file"],
    ["a time that is none", { ...who, startedAt: "yesterday" }, Buffer.from("x"), 400, "startedAt"],
    [
      "a time beyond the logs",
      { ...who, startedAt: "1970-01-01T00:00:05Z" },
      Buffer.from("x"),
      400,
      "startedAt lies outside the years that the logs hold",
    ],
  ])("is refused with %s", async (_name, fields, file, status, named) => {
    const answer = await upload(fields as { [name: string]: string }, file);
    expect(answer.status).toBe(status);
    expect(answer.body["message"]).toContain(named);
  });

  it("is refused cut off, and nothing of it stays", async () => {
    const before = await listRecordings(scope(), { limit: 200 });
    const status = await new Promise<number | string>((resolve) => {
      const headers = {
        authorization: `Bearer ${source.token}`,
        "content-type": "multipart/form-data; boundary=b",
      };
      const request = http.request(`${url}/api/v1/recordings`, { method: "POST", headers }, (response) =>
        resolve(response.statusCode ?? 0),
      );
      request.on("error", (error) => resolve(error.message));
      request.end('--b\r\ncontent-disposition: form-data; name="file"; filename="x"\r\n\r\n{"version": 2,');
    });
    expect(status).toBe(400);
    expect(await listRecordings(scope(), { limit: 200 })).toHaveLength(before.length);
  });

  it("is refused as soon as something is wrong with it, and says what", async () => {
    const before = await listRecordings(scope(), { limit: 200 });
    // The file is not read to its end, so the answer must come while it is still being sent.
    const form = [
      '--b\r\ncontent-disposition: form-data; name="user"\r\n\r\n',
      "x".repeat(5000),
      '\r\n--b\r\ncontent-disposition: form-data; name="file"; filename="x"\r\n\r\n',
    ].join("");
    const answer = await new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${source.token}`,
        "content-type": "multipart/form-data; boundary=b",
      };
      const request = http.request(
        `${url}/api/v1/recordings`,
        { method: "POST", headers },
        async (response) => {
          const text = (await response.setEncoding("utf8").toArray()).join("");
          resolve({ status: response.statusCode, text });
          request.destroy();
        },
      );
      request.on("error", reject);
      request.write(form + "y".repeat(100_000));
    });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("user has more than 1024 characters");
    expect(await listRecordings(scope(), { limit: 200 })).toHaveLength(before.length);
  });

  it("is refused from strangers and from sources of another kind", async () => {
    const native = await testSource(installation.organizationId, "native");
    const file = Buffer.from("x");
    expect((await upload(who, file, "Bearer dbs_nonsense")).status).toBe(401);
    expect((await upload(who, file, `Bearer ${native.token}`)).status).toBe(403);
    const unclaimed = Buffer.from("ann:3b241101-e2bb-4255-8caf-4136c566a962").toString("base64");
    expect((await upload({}, file, `Basic ${unclaimed}`)).status).toBe(401);
  });
});

describe("a claimed installation of asciinema", () => {
  const installId = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
  const basic = `Basic ${Buffer.from(`whoever:${installId}`).toString("base64")}`;

  it("uploads as the person who claimed it, whom the form cannot change", async () => {
    expect(await claimDevice(testPrincipal(member), { installId, name: "laptop" })).toBe("claimed");
    expect(await claimDevice(testPrincipal(member), { installId, name: "laptop" })).toBe("mine");
    await expect(claimDevice(admin, { installId, name: "mine now" })).rejects.toMatchObject({ status: 409 });
    const cast = '{"version": 2, "width": 80, "height": 24}\n[0.1, "o", "mine\\r\\n"]\n';
    const { status, body } = await upload(
      { user: "somebody@else", target: "elsewhere" },
      Buffer.from(cast),
      basic,
    );
    expect(status).toBe(201);
    expect(await settled(body["id"] ?? "")).toMatchObject({
      user: member.email,
      target: "laptop",
      state: "ready",
    });
  });

  it("shows members what is theirs and nothing else", async () => {
    const own = { organizationId: member.organizationId, users: [member.email] };
    expect(new Set((await listRecordings(own, { limit: 200 })).map(({ user }) => user))).toEqual(
      new Set([member.email]),
    );
    expect((await listRecordedPeople(own)).map(({ user }) => user)).toEqual([member.email]);
    expect(await listRecordedTargets(own)).toEqual(["laptop"]);
    expect((await searchRecordings(own, "hello", { limit: 10 })).hits).toEqual([]);
    const [other] = await listRecordings({ ...scope() }, { user: who.user, limit: 1 });
    await expect(requireRecording(testPrincipal(member), other?.id ?? "")).rejects.toMatchObject({
      status: 404,
    });
    const elsewhere = { organizationId: installation.otherOrganizationId };
    expect(await listRecordings(elsewhere, { limit: 200 })).toEqual([]);
    expect((await searchRecordings(elsewhere, "mine", { limit: 10 })).hits).toEqual([]);
  });

  it("uploads nothing once its person is disabled", async () => {
    await pool().query("UPDATE users SET status = 'disabled' WHERE id = $1", [member.id]);
    expect((await upload({}, Buffer.from("x"), basic)).status).toBe(401);
  });
});

describe("deleting", () => {
  it("leaves a tombstone with the reason, and obeys a hold", async () => {
    const cast = '{"version": 2, "width": 80, "height": 24}\n[0.1, "o", "gone tomorrow\\r\\n"]\n';
    const { body } = await upload(who, Buffer.from(cast));
    const line = await settled(body["id"] ?? "");
    await pool().query("UPDATE recordings SET hold = true WHERE id = $1", [line.id]);
    await expect(deleteRecording(admin, { ...line, hold: true }, "a reason")).rejects.toMatchObject({
      status: 409,
    });
    expect((await searchRecordings(scope(), "tomorrow", { limit: 10 })).hits).toHaveLength(1);
    await pool().query("UPDATE recordings SET hold = false WHERE id = $1", [line.id]);
    await deleteRecording(admin, line, "a reason");
    expect(await findRecording(scope(), line.id)).toMatchObject({
      state: "deleted",
      deletedBy: admin.email,
      deleteReason: "a reason",
      sha256: line.sha256,
    });
    expect((await searchRecordings(scope(), "tomorrow", { limit: 10 })).hits).toEqual([]);
    await expect(requireRecording(admin, line.id)).rejects.toMatchObject({ status: 410 });
    await expect(openFile(admin, line, "original")).rejects.toThrow("ENOENT");
    const steps = await pool().query(
      "SELECT event_type, custom_values->>'reason' AS reason FROM audit_events WHERE target_id = $1 ORDER BY seq",
      [line.id],
    );
    expect(steps.rows).toMatchObject([
      { event_type: "recording:deleting", reason: "a reason" },
      { event_type: "recording:deletion-failed" },
      { event_type: "recording:deleting", reason: "a reason" },
      { event_type: "recording:deleted", reason: "a reason" },
    ]);
  });
});

describe("a session under way", () => {
  const facts = {
    recordId: "host/1.0",
    at: "2026-11-21T10:00:00.000001Z",
    user: "alice",
    targetUser: "root",
    target: "db-1",
    command: "/bin/bash",
    argv: ["-bash"],
    cwd: "/root",
    tty: "/dev/pts/1",
    original: { submituser: "alice", runenv: ["SECRET=hunter2"] },
    kind: "sudo",
    columns: 80,
    rows: 24,
    title: null,
    isRecorded: true,
    killEnds: "command",
  } as const;
  const over = {
    at: "2026-11-21T10:00:05.000000Z",
    exitCode: 0,
    signal: null,
    dumpedCore: false,
    error: null,
  };

  it("stands at our time when its host has no clock", async () => {
    const at = "1970-01-01T00:00:05.000001Z";
    const began = Date.now();
    const session = await liveSessionsOf(source).open({ ...facts, user: "clockless", at });
    const named = { ...facts, recordId: "host/1970", at: "1970-01-01T00:00:06.000001Z" };
    await session.command({ ...named, timeUs: 1_000_000, denied: null });
    await session.end({ ...over, at: "1970-01-01T00:00:07.000001Z" });
    const [line] = await listRecordings(scope(), { user: "clockless", limit: 1 });
    const ready = await settled(line?.id ?? "");
    expect(ready).toMatchObject({ state: "ready" });
    expect(Date.parse(ready.startedAt)).toBeGreaterThanOrEqual(began - 1);
    const rows = await pool().query(
      "SELECT status, time >= to_timestamp($2::double precision / 1000) AS now FROM connections WHERE id = $1",
      [ready.connectionId, began - 1],
    );
    expect(rows.rows).toEqual([{ status: "closed", now: true }]);
  });

  it("is listed as live, watched from now on, and is a recording when it is over", async () => {
    const session = await liveSessionsOf(source).open(facts);
    const [line] = await listRecordings(scope(), { user: "alice", limit: 1 });
    expect(line).toMatchObject({ state: "live", target: "db-1", killEnds: "command", kind: "sudo" });
    await session.write([[0, "o", "first screen\r\n"]]);
    const seen: Watched[] = [];
    const stop = liveSession(line?.id ?? "")?.watch((watched) => seen.push(watched));
    await session.write([[1_000_000, "o", "second\r\n"]]);
    expect(await session.durable()).toBe(1_000_000);
    await session.command({
      ...facts,
      recordId: "host/1.1",
      at: "2026-11-21T10:00:01.000000Z",
      command: "/usr/bin/id",
      argv: ["id"],
      timeUs: 1_000_000,
      denied: null,
    });
    await session.end(over);
    stop?.();
    expect(seen[0]).toMatchObject({
      kind: "screen",
      columns: 80,
      rows: 24,
      init: expect.stringContaining("first"),
    });
    expect(seen.slice(1).filter(({ kind }) => kind !== "commands")).toEqual([
      { kind: "event", event: [1_000_000, "o", "second\r\n"] },
      { kind: "event", event: [1_000_000, "x", "0"] },
      { kind: "end" },
    ]);
    const ready = await settled(line?.id ?? "");
    expect(ready).toMatchObject({ state: "ready", startedAt: facts.at, durationUs: 1_000_000, commands: 2 });
    const { commands } = await playbackOf(admin, ready, undefined);
    expect(commands).toMatchObject([
      { timeUs: 0, command: "/bin/bash", origin: "reported" },
      { timeUs: 1_000_000, command: "/usr/bin/id", origin: "reported" },
    ]);
    const rows = await pool().query(
      "SELECT command, offset_ms::int, convert_from(raw, 'UTF8') AS raw FROM commands WHERE connection_id = $1 ORDER BY time",
      [ready.connectionId],
    );
    expect(rows.rows).toMatchObject([
      { command: "/bin/bash", offset_ms: 0 },
      { command: "/usr/bin/id", offset_ms: 1000 },
    ]);
    expect(JSON.stringify(rows.rows)).not.toContain("hunter2");
    const events = await pool().query(
      "SELECT event, cause FROM connection_events WHERE connection_id = $1 ORDER BY time",
      [ready.connectionId],
    );
    expect(events.rows).toEqual([
      { event: "open", cause: null },
      { event: "closed", cause: "ended with exit code 0" },
    ]);
  });

  it("ends with what was stored when the disk is full, and says so", async () => {
    const session = await liveSessionsOf(source).open({ ...facts, user: "dora", recordId: "host/3.0" });
    const [line] = await listRecordings(scope(), { user: "dora", limit: 1 });
    await session.write([[0, "o", "was stored\r\n"]]);
    const seen: Watched[] = [];
    liveSession(line?.id ?? "")?.watch((watched) => seen.push(watched));
    // A full disk cannot be had here: the files of this process refuse.
    const probe = await open(path.join(env().DATA_DIR, "probe"), "w");
    const full = vi
      .spyOn(Object.getPrototypeOf(probe) as FileHandle, "appendFile")
      .mockRejectedValue(new Error("ENOSPC: no space left on device"));
    await probe.close();
    try {
      await expect(session.write([[1_000_000, "o", "was not\r\n"]])).rejects.toThrow("ENOSPC");
      await session.end(over);
    } finally {
      full.mockRestore();
    }
    expect(seen.at(-1)).toEqual({ kind: "end" });
    const ready = await settled(line?.id ?? "");
    expect(ready.state).toBe("ready");
    const closed = await pool().query("SELECT status, cause FROM connections WHERE id = $1", [
      ready.connectionId,
    ]);
    expect(closed.rows).toEqual([
      { status: "closed", cause: "ended with exit code 0; its last part could not be stored" },
    ]);
  });

  it("is ended for a reason that the host is told; the log says who ended it", async () => {
    const session = await liveSessionsOf(source).open({ ...facts, recordId: "host/2.0", user: "bob" });
    const [line] = await listRecordings(scope(), { user: "bob", limit: 1 });
    if (!line) throw new Error("There is a session");
    const told: string[] = [];
    session.onKill(async (reason) => {
      told.push(reason);
    });
    const kill = await requestKill(admin, line.connectionId, "incident 42");
    expect(kill).toMatchObject({ state: "acknowledged", acknowledgedBy: source.name });
    expect(told).toEqual([`This session was ended by ${admin.email}: incident 42`]);
    await session.end({ ...over, exitCode: null, signal: "TERM" });
    const ready = await settled(line.id);
    const closed = await pool().query("SELECT cause FROM connections WHERE id = $1", [ready.connectionId]);
    expect(closed.rows).toEqual([{ cause: `ended by ${admin.email}` }]);
    const [settledKill] = await listKills(installation.organizationId, line.connectionId);
    expect(settledKill).toMatchObject({ state: "ended", settledBy: source.name, reason: "incident 42" });
    const events = await pool().query(
      "SELECT event, cause FROM connection_events WHERE connection_id = $1 ORDER BY time",
      [line.connectionId],
    );
    expect(events.rows).toEqual([
      { event: "open", cause: null },
      { event: "closed", cause: `ended by ${admin.email}` },
    ]);
    const steps = await pool().query(
      `SELECT event_type, initiator, custom_values->>'recordingId' AS recording FROM audit_events
       WHERE target_id = $1 ORDER BY seq`,
      [line.connectionId],
    );
    expect(steps.rows).toEqual([
      { event_type: "session:end-requesting", initiator: admin.email, recording: line.id },
      { event_type: "session:end-requested", initiator: admin.email, recording: line.id },
      { event_type: "session:end-acknowledging", initiator: source.name, recording: null },
      { event_type: "session:end-acknowledged", initiator: source.name, recording: null },
      { event_type: "session:ending", initiator: source.name, recording: null },
      { event_type: "session:ended", initiator: source.name, recording: null },
    ]);
    await expect(requestKill(admin, line.connectionId, "again")).rejects.toMatchObject({ status: 409 });
  });

  it("waits with its end for a host that is away, and tells it when it is back", async () => {
    const session = await liveSessionsOf(source).open({ ...facts, recordId: "host/3.0", user: "carol" });
    const [line] = await listRecordings(scope(), { user: "carol", limit: 1 });
    if (!line) throw new Error("There is a session");
    await session.lost("the cable was cut");
    expect(await requestKill(admin, line.connectionId, "gone")).toMatchObject({ state: "requested" });
    await expect(requestKill(admin, line.connectionId, "gone")).rejects.toMatchObject({
      detail: "The end of this session was asked for already.",
    });
    const back = await liveSessionsOf(source).resume(session.logId, -1);
    const told = await new Promise<string>((resolve) => back?.onKill(async (reason) => resolve(reason)));
    expect(told).toBe(`This session was ended by ${admin.email}: gone`);
    await session.end({ ...over, exitCode: null, signal: "TERM" });
    expect((await settled(line.id)).state).toBe("ready");
    const closed = await pool().query("SELECT cause FROM connections WHERE id = $1", [line.connectionId]);
    expect(closed.rows).toEqual([{ cause: `ended by ${admin.email}` }]);
  });

  it("shows a request that was never delivered as that, once the connection has closed", async () => {
    const session = await liveSessionsOf(source).open({ ...facts, recordId: "host/4.0", user: "dora" });
    const [line] = await listRecordings(scope(), { user: "dora", limit: 1 });
    if (!line) throw new Error("There is a session");
    await session.lost("the host burned");
    await requestKill(admin, line.connectionId, "too late");
    await session.end({ ...over, exitCode: null, error: "the host did not come back" });
    await settleOverdueKills();
    const [kill] = await listKills(installation.organizationId, line.connectionId);
    expect(kill).toMatchObject({
      state: "undelivered",
      acknowledgedAt: null,
      detail: "The session was over before its host could be told to end it.",
    });
    const closed = await pool().query("SELECT cause FROM connections WHERE id = $1", [line.connectionId]);
    expect(closed.rows).toEqual([{ cause: "the host did not come back" }]);
    const failed = await pool().query(
      "SELECT operation_status FROM audit_events WHERE target_id = $1 AND event_type = 'session:end-undelivered'",
      [line.connectionId],
    );
    expect(failed.rows).toEqual([{ operation_status: "failure" }]);
  });
});
