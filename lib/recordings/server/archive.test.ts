import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Principal } from "@/lib/auth/principal.ts";
import { principalOfSession } from "@/lib/auth/server/authenticate.ts";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { testPrincipal } from "@/lib/auth/server/test-principal.ts";
import { pool } from "@/lib/db/client.ts";
import { testSource } from "@/lib/ingest/server/test-source.ts";
import { cancelExport } from "@/lib/logs/server/export.ts";
import { getExport } from "@/lib/logs/server/export-state.ts";
import { shareSession } from "@/lib/shares/server/shares.ts";
import { type ArchiveManifest, archiveName } from "../archive.ts";
import { archiveAnswer } from "./archive.ts";
import { readArchiveRequest } from "./archive-request.ts";
import { blobKey } from "./blob-key.ts";
import { blobFolder } from "./blobs.ts";
import { testRecording } from "./test-recording.ts";

const hostile = [
  "CON.cast",
  "../../etc/passwd",
  "ann\u202Etxt.exe",
  'a"b\r\nset-cookie: x',
  "",
  "ANN",
  "ann",
];

let installation: TestInstallation;
let admin: Principal;
let member: Principal;
let ids: string[];
beforeAll(async () => {
  installation = await testInstallation();
  admin = testPrincipal(await installation.addUser("admin"));
  member = testPrincipal(await installation.addUser("member"));
  const source = await testSource(installation.organizationId, "recordings");
  ids = [];
  for (const user of [...hostile, member.email])
    ids.push(
      await testRecording(installation.organizationId, source.id, {
        word: "zipped",
        user,
        target: "web-1",
        time: "2026-11-20T10:00:00.000000Z",
      }),
    );
});
afterAll(() => installation.remove());

async function archive(who: Principal, query: string): Promise<Response> {
  const { wish, exportId } = await readArchiveRequest(who, new URLSearchParams(query));
  return archiveAnswer(who, wish, exportId);
}

/** The files of a zip, by a program that did not make it. */
function unpack(zip: Buffer): { [name: string]: Buffer } {
  const folder = mkdtempSync(path.join(tmpdir(), "daybook-zip-"));
  try {
    writeFileSync(path.join(folder, "a.zip"), zip);
    const script =
      "import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; z.extractall(sys.argv[2])";
    const ran = spawnSync("python3", ["-c", script, path.join(folder, "a.zip"), path.join(folder, "out")]);
    if (ran.status !== 0) throw new Error(String(ran.stderr));
    const names = readdirSync(path.join(folder, "out"), { recursive: true, encoding: "utf8" });
    return Object.fromEntries(names.map((name) => [name, readFileSync(path.join(folder, "out", name))]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const hasPython = spawnSync("python3", ["--version"]).status === 0;
if (!hasPython) console.warn("python3 is not here: zips are not unpacked");

const tomorrow = () => new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);

async function ended(id: string | null) {
  const line = await getExport(installation.organizationId, id ?? "");
  if (!line) throw new Error("There is no such export");
  return line;
}

describe("an archive", () => {
  it.runIf(hasPython)("holds what was asked for under names that harm nobody, and proves it", async () => {
    const answer = await archive(admin, `file=text&${ids.map((id) => `id=${id}`).join("&")}`);
    expect(answer.headers.get("content-disposition")).toMatch(/^attachment; filename="recordings-\w+\.zip"$/);
    const zip = Buffer.from(await answer.arrayBuffer());
    const files = unpack(zip);
    const { recordings, createdBy } = JSON.parse(String(files["manifest.json"])) as ArchiveManifest;
    expect(createdBy).toBe(admin.email);
    expect(new Set(recordings.map(({ user }) => user))).toEqual(new Set([...hostile, member.email]));
    expect(Object.keys(files)).toHaveLength(ids.length + 1);
    for (const { file, sha256, bytes, receivedSha256 } of recordings) {
      expect(file).toMatch(/^20261120T100000Z_[A-Za-z0-9.-]+_web-1_[0-9a-f-]{36}\.txt$/);
      const content = files[file ?? ""];
      expect(String(content)).toContain("zipped");
      expect(content?.length).toBe(bytes);
      expect(
        createHash("sha256")
          .update(content ?? "")
          .digest("hex"),
      ).toBe(sha256);
      expect(receivedSha256).toMatch(/^[0-9a-f]{64}$/);
    }
    expect(await ended(answer.headers.get("x-export-id"))).toMatchObject({
      state: "complete",
      log: "recordings",
      format: "text.zip",
      rows: ids.length,
      bytes: zip.length,
      sha256: createHash("sha256").update(zip).digest("hex"),
    });
  });

  it("says in the audit log who took which, as a whole and for each recording", async () => {
    const answer = await archive(admin, `file=cast&id=${ids[0]}&id=${ids[1]}`);
    const exportId = answer.headers.get("x-export-id");
    await answer.arrayBuffer();
    const whole = await pool().query(
      "SELECT event_type, custom_values->'recordingIds' AS ids, initiator FROM audit_events WHERE target_id = $1 ORDER BY seq",
      [exportId],
    );
    const taken = { ids: expect.arrayContaining([ids[0], ids[1]]), initiator: admin.email };
    expect(whole.rows).toEqual([
      { event_type: "export:creating", ...taken },
      { event_type: "export:created", ...taken },
    ]);
    const each = await pool().query(
      "SELECT target_id FROM audit_events WHERE event_type = 'recording:downloaded' AND custom_values->>'exportId' = $1",
      [exportId],
    );
    expect(new Set(each.rows.map((row: { target_id: string }) => row.target_id))).toEqual(
      new Set([ids[0], ids[1]]),
    );
  });

  it("of filters holds what somebody may see, and says what is not in it and why", async () => {
    const [failed] = ids;
    await pool().query("UPDATE recordings SET state = 'failed', fault = 'version: is 9' WHERE id = $1", [
      failed,
    ]);
    await pool().query("UPDATE recordings SET kind = 'http' WHERE id = $1", [ids[3]]);
    const answer = await archive(admin, "file=cast&target=web-1&from=2026-11-20T00:00:00Z");
    const text = Buffer.from(await answer.arrayBuffer()).toString("latin1");
    const manifest = JSON.parse(
      text.slice(text.indexOf('{\n  "createdAt"'), text.lastIndexOf("\n}") + 2),
    ) as ArchiveManifest;
    expect(manifest.recordings.filter(({ leftOut }) => leftOut !== undefined)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ recordingId: failed, leftOut: "version: is 9", file: null }),
        expect.objectContaining({
          recordingId: ids[3],
          leftOut: expect.stringContaining("list of requests"),
        }),
      ]),
    );
    await pool().query("UPDATE recordings SET kind = 'ssh' WHERE id = $1", [ids[3]]);
    await pool().query("UPDATE recordings SET state = 'ready', fault = NULL WHERE id = $1", [failed]);
    const { wish } = await readArchiveRequest(member, new URLSearchParams("file=cast&target=web-1"));
    expect(wish.lines.map(({ user }) => user)).toEqual([member.email]);
    await expect(archive(member, `file=cast&id=${ids[0]}`)).rejects.toMatchObject({ status: 404 });
  });

  it.each([
    ["", "file"],
    ["file=original", "file"],
    ["file=cast&id=7", "id"],
    ["file=cast&limit=5", "limit"],
    ["file=cast&deleted=true", "deleted"],
    ["file=cast&colour=red", "colour"],
    ["file=cast&exportId=1", "exportId"],
    ["file=cast&user=ann&id=01a1ffe7-b2db-71bb-a7d9-dd59d9fc9002", "id"],
  ])("is refused for %j", async (query, parameter) => {
    await expect(archive(admin, query)).rejects.toMatchObject({ status: 400, errors: [{ parameter }] });
  });

  it("is refused when nothing is in it", async () => {
    await expect(archive(admin, "file=cast&user=nobody")).rejects.toMatchObject({ status: 409 });
  });

  it("breaks off at a recording that cannot be read, and never looks whole", async () => {
    const id = ids[2] ?? "";
    const blob = path.join(blobFolder(), blobKey(installation.organizationId, id, "text"));
    const bytes = readFileSync(blob);
    writeFileSync(blob, bytes.subarray(0, bytes.length - 9));
    const answer = await archive(admin, `file=text&${ids.map((one) => `id=${one}`).join("&")}`);
    const got: Uint8Array[] = [];
    await expect(
      (async () => {
        for await (const chunk of answer.body ?? []) got.push(chunk);
      })(),
    ).rejects.toThrow();
    // The end of a zip is what makes it one.
    expect(Buffer.concat(got).includes(Buffer.from("PK\u0005\u0006", "latin1"))).toBe(false);
    expect(await ended(answer.headers.get("x-export-id"))).toMatchObject({ state: "failed", sha256: null });
    await rm(blob);
    const gone = await archive(admin, `file=text&id=${id}`);
    await expect(gone.arrayBuffer()).rejects.toThrow();
    writeFileSync(blob, bytes);
  });

  it("breaks off when its reader may read no longer", async () => {
    const auditor = await installation.addUser("auditor");
    const who = { ...testPrincipal(auditor), sharedOnly: true };
    const named = await pool().query<{ id: string; connection: string }>(
      "SELECT id, connection_id AS connection FROM recordings WHERE id = ANY($1)",
      [ids.slice(0, 2)],
    );
    for (const { connection } of named.rows)
      await shareSession(admin, connection, { userId: who.userId, reason: "audit", until: tomorrow() });
    const answer = await archive(who, `file=text&${named.rows.map(({ id }) => `id=${id}`).join("&")}`);
    await pool().query("UPDATE session_shares SET revoked_at = now() WHERE user_id = $1", [who.userId]);
    await expect(answer.arrayBuffer()).rejects.toThrow();
    const signedIn = await installation.login(auditor);
    const person = await principalOfSession(signedIn.sessionId, new Headers());
    if (!person) throw new Error("The auditor is nobody");
    const blob = path.join(blobFolder(), blobKey(installation.organizationId, ids[1] ?? "", "text"));
    const bytes = readFileSync(blob);
    writeFileSync(blob, gzipSync(Buffer.alloc(4_000_000)));
    const quiet = await archive(person, `file=text&id=${ids[1]}`);
    await pool().query("UPDATE sessions SET revoked_at = now() WHERE id = $1", [signedIn.sessionId]);
    const state = async () => (await ended(quiet.headers.get("x-export-id"))).state;
    await expect.poll(state).toBe("cancelled");
    writeFileSync(blob, bytes);
  });

  it("is cancelled by whoever goes away, and by its id", async () => {
    const left = await archive(admin, `file=cast&id=${ids[1]}`);
    await left.body?.cancel();
    const stopped = await archive(admin, `file=cast&id=${ids[1]}`);
    expect(cancelExport(installation.organizationId, stopped.headers.get("x-export-id") ?? "")).toBe(true);
    await expect(stopped.arrayBuffer()).rejects.toThrow();
    for (const { headers } of [left, stopped])
      await expect.poll(async () => (await ended(headers.get("x-export-id"))).state).toBe("cancelled");
  });
});

it("names of files are safe whatever people are called", () => {
  const line = { id: "01a1ffe7-b2db-71bb-a7d9-dd59d9fc9002", startedAt: "2026-11-20T10:00:00.000000Z" };
  expect(archiveName({ ...line, user: "..", target: "x".repeat(500) }, "cast")).toBe(
    `20261120T100000Z_unnamed_${"x".repeat(40)}_${line.id}.cast`,
  );
  expect(archiveName({ ...line, user: "שלום", target: "a/b\\c:d" }, "text")).toBe(
    `20261120T100000Z_unnamed_a-b-c-d_${line.id}.txt`,
  );
});
