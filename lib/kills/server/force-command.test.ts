import { readdirSync, readFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Principal } from "@/lib/auth/principal.ts";
import { principalOfSession } from "@/lib/auth/server/authenticate.ts";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { type TestSource, testSource } from "@/lib/ingest/server/test-source.ts";
import { listRecordings } from "@/lib/recordings/server/list.ts";
import { connectionsPath, handleConnections } from "@/lib/recordings/server/open-connection.ts";
import { searchRecordings } from "@/lib/recordings/server/search.ts";
import { handleUpload } from "@/lib/recordings/server/upload.ts";
import { patience } from "@/lib/test-time.ts";
import { handleKills, killsPath } from "./http.ts";
import { listKills } from "./kills.ts";
import { killEndsOf, requestKill } from "./request.ts";
import { sshdObstacle, TestSshd } from "./test-sshd.ts";

/** A letter for the state of a process, as /proc has it; empty when it is gone. */
function stateOf(pid: number): string {
  try {
    return /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1] ?? "";
  } catch {
    return "";
  }
}

const obstacle = sshdObstacle();
if (obstacle) process.stdout.write(`ForceCommand is not tried with a real sshd: ${obstacle}\n`);

describe.skipIf(obstacle)("a session of a real sshd with the ForceCommand script", () => {
  let installation: TestInstallation;
  let source: TestSource;
  let admin: Principal;
  let sshd: TestSshd;
  let port = 0;
  const stopping = new AbortController().signal;
  let server: http.Server;

  async function serve(): Promise<void> {
    server = http.createServer((request, response) => {
      const context = { requestId: "test", address: "127.0.0.1", stopping };
      const whole = { ...context, pass: async () => undefined, outliveRequest: () => undefined };
      if (request.url?.startsWith(killsPath)) void handleKills(request, response, whole);
      else if (request.url?.startsWith(connectionsPath)) void handleConnections(request, response, whole);
      else void handleUpload(request, response, context);
    });
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    port = (server.address() as AddressInfo).port;
  }

  async function stopServing(): Promise<void> {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  beforeAll(async () => {
    installation = await testInstallation();
    sshd = new TestSshd();
    process.env["DATA_DIR"] = path.join(sshd.folder, "data");
    source = await testSource(installation.organizationId, "recordings");
    const { sessionId } = await installation.login(await installation.addUser("admin"));
    const principal = await principalOfSession(sessionId, new Headers());
    if (!principal) throw new Error("The admin is nobody");
    admin = principal;
    await serve();
    const script = path.resolve("public/ship/daybook-force-command.sh");
    sshd.write("token", `${source.token}\n`);
    await sshd.start(`sh ${script} -u http://127.0.0.1:${port} -t {folder}/token -n web-1 -d {spool}`);
  });
  afterAll(async () => {
    await sshd.remove();
    await stopServing();
    await installation.remove();
  });

  const scope = () => ({ organizationId: installation.organizationId });
  type Row = { id: string; status: string; cause: string | null; target: string; client_address: string };

  /** The connection that was opened last. */
  async function latest(): Promise<Row> {
    const found = await pool().query<Row>(
      `SELECT id, status, cause, target, client_address FROM connections WHERE organization_id = $1
       ORDER BY time DESC LIMIT 1`,
      [installation.organizationId],
    );
    const [row] = found.rows;
    if (!row) throw new Error("There is no connection");
    return row;
  }

  /** A recording that has been worked out. */
  async function recordingOf(connectionId: string) {
    return await vi.waitFor(
      async () => {
        const [line] = await listRecordings(scope(), { connectionId, limit: 1 });
        if (line?.state !== "ready") throw new Error("not yet");
        return line;
      },
      { timeout: 60_000, interval: 100 },
    );
  }

  it("is a connection from its beginning, and its recording belongs to it", async () => {
    const session = sshd.ssh(["-tt"]);
    // The recorder throws away what was typed before the prompt.
    await session.seen(/\S/);
    session.type("echo marker-$((6*7))\n");
    await session.seen(/marker-42/);
    const open = await latest();
    expect(open).toMatchObject({ status: "opened", target: "web-1", client_address: "127.0.0.1" });
    session.type("exit 3\n");
    expect((await session.ended).code).toBe(3);
    expect(await latest()).toMatchObject({ id: open.id, status: "closed", cause: "ended with exit code 3" });
    const line = await recordingOf(open.id);
    expect(line).toMatchObject({ target: "web-1", format: "asciicast-v2" });
    const { hits } = await searchRecordings(scope(), "marker 42", { limit: 5 });
    expect(hits).toMatchObject([{ recordingId: line.id }]);
    const rows = await pool().query("SELECT FROM connections WHERE organization_id = $1", [
      installation.organizationId,
    ]);
    expect(rows.rowCount).toBe(1);
    expect(readdirSync(sshd.spool)).toEqual([]);
  });

  it("is ended from Daybook, with all that runs in it", async () => {
    const session = sshd.ssh(["-tt"]);
    await session.seen(/\S/);
    // Neither the shell nor its job goes by itself.
    session.type("trap '' HUP TERM; (trap '' HUP; echo job-$BASHPID-; exec sleep 300) & sleep 301\n");
    const [, job = ""] = await session.seen(/job-(\d+)-/);
    const { id } = await latest();
    await vi.waitFor(async () => expect(await killEndsOf(admin.organizationId, id)).toBe("source"), patience);
    await requestKill(admin, id, 'he said "enough"');
    const { output } = await session.ended;
    expect(output).toContain(`This session was ended by ${admin.email}: he said "enough"`);
    expect(await latest()).toMatchObject({ id, status: "closed", cause: `ended by ${admin.email}` });
    expect(await listKills(admin.organizationId, id)).toMatchObject([
      { state: "ended", requestedBy: admin.email, acknowledgedBy: source.name, settledBy: source.name },
    ]);
    // Whoever adopted it may take a moment to notice that it is dead.
    await vi.waitFor(() => expect(stateOf(Number(job))).toMatch(/^[ZX]?$/), patience);
    expect((await recordingOf(id)).connectionId).toBe(id);
    expect(readdirSync(sshd.spool)).toEqual([]);
  });

  it("hears after a restart of Daybook what was asked for meanwhile", async () => {
    const session = sshd.ssh(["-tt"]);
    await session.seen(/\S/);
    session.type("echo ready-$((1+1))\n");
    await session.seen(/ready-2/);
    const { id } = await latest();
    await vi.waitFor(async () => expect(await killEndsOf(admin.organizationId, id)).toBe("source"), patience);
    await stopServing();
    expect((await requestKill(admin, id, "while you were away")).state).toBe("requested");
    await serve();
    expect((await session.ended).output).toContain("while you were away");
    expect(await latest()).toMatchObject({ id, status: "closed", cause: `ended by ${admin.email}` });
  });

  it("whose cable is cut is closed, and its recording comes all the same", async () => {
    const session = sshd.ssh(["-tt"]);
    await session.seen(/\S/);
    session.type("echo before-$((1+1))\n");
    await session.seen(/before-2/);
    const { id } = await latest();
    session.cut();
    expect((await recordingOf(id)).connectionId).toBe(id);
    expect(await latest()).toMatchObject({ id, status: "closed", cause: "the connection was lost" });
    await vi.waitFor(() => expect(readdirSync(sshd.spool)).toEqual([]), patience);
  });

  it("without a terminal passes everything through, and is a connection", async () => {
    const session = sshd.ssh([], ["cat; exit 5"]);
    session.type("through\n");
    session.finish();
    expect(await session.ended).toEqual({ code: 5, output: "through\n" });
    const { id, ...closed } = await latest();
    expect(closed).toMatchObject({ status: "closed", cause: "ended with exit code 5" });
    expect(await listRecordings(scope(), { connectionId: id, limit: 1 })).toEqual([]);
  });

  it("without a terminal is ended from Daybook too", async () => {
    const session = sshd.ssh([], ["echo going; sleep 300"]);
    await session.seen(/going/);
    const { id } = await latest();
    await vi.waitFor(async () => expect(await killEndsOf(admin.organizationId, id)).toBe("source"), patience);
    await requestKill(admin, id, "no batch jobs");
    expect((await session.ended).output).toContain("no batch jobs");
    expect((await latest()).cause).toBe(`ended by ${admin.email}`);
  });

  it("is refused when Daybook cannot be reached", async () => {
    await stopServing();
    const session = sshd.ssh(["-tt"], ["true"]);
    const { code, output } = await session.ended;
    expect(code).toBe(254);
    expect(output).toContain("no session without a record");
    await serve();
    expect(readdirSync(sshd.spool)).toEqual([]);
  });
});
