import { X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import tls from "node:tls";
import { v7 as uuidv7 } from "uuid";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Principal } from "@/lib/auth/principal.ts";
import { principalOfSession } from "@/lib/auth/server/authenticate.ts";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import type { NewCertificate } from "@/lib/certificates/certificate.ts";
import { authorityCertificate, authorityFile } from "@/lib/certificates/server/authority.ts";
import {
  issueCertificate,
  listCertificates,
  renewCertificate,
  revokeCertificate,
} from "@/lib/certificates/server/certificates.ts";
import { inTransaction, pool } from "@/lib/db/client.ts";
import { setSourceDisabled } from "@/lib/ingest/server/manage.ts";
import { testSource } from "@/lib/ingest/server/test-source.ts";
import { acceptMsg } from "@/lib/recordings/sudo/test-client.ts";
import { secondOnBusyMachineMs } from "@/lib/test-time.ts";
import { flushAnonymousFailures } from "@/lib/user-events/server/anonymous.ts";
import type { SudoServer } from "./sudo-server.ts";
import { listenForSudo } from "./sudo-sources.ts";
import { testCertificates } from "./test-certificates.ts";
import { SudoTestClient } from "./test-sudo-client.ts";

let installation: TestInstallation;
let server: SudoServer;
let admin: Principal;
beforeAll(async () => {
  installation = await testInstallation();
  const { sessionId } = await installation.login(await installation.addUser("admin"));
  const principal = await principalOfSession(sessionId, new Headers());
  const started = await listenForSudo({ plain: 0, tls: 0 });
  if (!principal || !started) throw new Error("The world is incomplete");
  [admin, server] = [principal, started];
});
const sockets: tls.TLSSocket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(async () => {
  await server.close();
  await installation.remove();
});

const out = (text: string) => ({ ttyoutBuf: { delay: { tvNsec: 1_000_000 }, data: Buffer.from(text) } });
const exit = { exitMsg: { runTime: { tvSec: 1 }, exitValue: 0 } };

async function connect(identity: { cert?: string; key?: string }): Promise<SudoTestClient> {
  const ca = await authorityCertificate();
  const socket = tls.connect({
    port: server.tlsPort,
    host: "127.0.0.1",
    servername: "localhost",
    ca,
    ...identity,
  });
  sockets.push(socket);
  return new SudoTestClient(socket);
}

const identityOf = ({ certificate, key }: NewCertificate) => ({ cert: certificate, key });

async function host(name: string) {
  const source = await testSource(installation.organizationId, "sudo", {}, name);
  const made = await issueCertificate(admin, source.id, { name, days: 30 });
  return { source, made };
}

async function refusal(client: SudoTestClient): Promise<string> {
  const { error } = await client.until("error");
  await client.closed;
  return error;
}

/** What the record of the organization says of refusals. */
async function refusals(organizationId = installation.organizationId): Promise<string[]> {
  await flushAnonymousFailures("all");
  const found = await pool().query<{ resource: string }>(
    `SELECT resource FROM user_events WHERE organization_id = $1 AND action = 'sudo.connect' AND outcome = 'denied'
     ORDER BY seq`,
    [organizationId],
  );
  return found.rows.map(({ resource }) => resource);
}

describe("the authority of an installation", () => {
  it("is made once, and signs for the host of the public address", async () => {
    const pem = await authorityCertificate();
    expect(await authorityCertificate()).toBe(pem);
    const authority = new X509Certificate(readFileSync(authorityFile()));
    expect(authority.ca).toBe(true);
    const client = await connect(identityOf((await host("signs")).made));
    await client.until("hello");
    const socket = sockets.at(-1);
    expect(socket?.authorized).toBe(true);
    const presented = socket?.getPeerX509Certificate();
    expect(presented?.checkHost("localhost")).toBe("localhost");
    expect(presented?.checkIssued(authority)).toBe(true);
  });

  it("is refused when it belongs to another key, or is none", async () => {
    const file = authorityFile();
    const kept = readFileSync(file);
    writeFileSync(file, testCertificates.authority);
    await expect(authorityCertificate()).rejects.toThrow("authority.pem is the certificate of another key");
    writeFileSync(file, "nonsense");
    await expect(authorityCertificate()).rejects.toThrow("authority.pem is no certificate");
    writeFileSync(file, kept);
    await authorityCertificate();
  });
});

describe("a host with a client certificate", () => {
  it("is its source, wherever it connects from, and its session is stored", async () => {
    const { source, made } = await host("web-1");
    const client = await connect(identityOf(made));
    client.send(acceptMsg(), out("a"), exit);
    await client.closed;
    const found = await pool().query(
      "SELECT state, kind FROM recordings WHERE organization_id = $1 AND source_id = $2",
      [installation.organizationId, source.id],
    );
    expect(found.rows).toMatchObject([{ kind: "sudo" }]);
    const [line] = await listCertificates(installation.organizationId, source.id);
    expect(line).toMatchObject({
      name: "web-1",
      state: "good",
      fingerprint: made.fingerprint,
      refusedAt: null,
    });
    expect(line?.lastUsedAt).not.toBeNull();
    expect(new X509Certificate(made.certificate).fingerprint256).toBe(made.fingerprint);
  });

  it("keeps its key to itself: it is in no file and no table of Daybook's", async () => {
    const { made } = await host("secret");
    const secret = made.key.split("\n")[1] ?? "";
    const rows = await pool().query<{ text: string }>(
      `SELECT row_to_json(c)::text AS text FROM source_certificates c
       UNION ALL SELECT row_to_json(a)::text FROM audit_events a`,
    );
    const audit = await pool().query<{ raw: Buffer }>("SELECT raw FROM audit_events");
    const all = [...rows.rows.map(({ text }) => text), ...audit.rows.map(({ raw }) => raw.toString())].join(
      "\n",
    );
    expect(all).toContain(made.fingerprint);
    expect(all).not.toContain(secret);
  });

  it("resumes a session at its last commit point over a new connection", async () => {
    const { source, made } = await host("resuming");
    const first = await connect(identityOf(made));
    first.send(acceptMsg(), out("a"));
    const { logId } = await first.until("logId");
    const { commitPoint: resumePoint } = await first.until("commitPoint");
    first.socket.destroy();
    const events = () =>
      pool().query<{ event: string }>(
        "SELECT event FROM connection_events WHERE source_id = $1 ORDER BY seq",
        [source.id],
      );
    await expect.poll(async () => (await events()).rows.map(({ event }) => event)).toContain("disconnected");
    // Another host must not go on with it, whatever it knows.
    const stranger = await connect(identityOf((await host("stranger")).made));
    stranger.send({ restartMsg: { logId, resumePoint } }, out("x"), exit);
    expect(await refusal(stranger)).toContain("no open session has this id");
    const second = await connect(identityOf(made));
    second.send({ restartMsg: { logId, resumePoint } }, out("b"), exit);
    await second.closed;
    expect((await events()).rows.map(({ event }) => event)).toEqual([
      "open",
      "disconnected",
      "connected",
      "closed",
    ]);
    const recordings = await pool().query("SELECT id FROM recordings WHERE source_id = $1", [source.id]);
    expect(recordings.rowCount).toBe(1);
  });

  it("is cut off within a second when its certificate is revoked, and refused from then on", async () => {
    const { source, made } = await host("revoked");
    const client = await connect(identityOf(made));
    client.send(acceptMsg(), out("a"));
    await client.until("logId");
    await revokeCertificate(admin, source.id, made.id, "the disk was sold");
    const since = performance.now();
    expect(await refusal(client)).toBe("This host's client certificate was revoked");
    expect(performance.now() - since).toBeLessThan(secondOnBusyMachineMs);
    expect(await refusal(await connect(identityOf(made)))).toBe("This host's client certificate was revoked");
    await expect
      .poll(() => refusals())
      .toContain("revoked, certificate revoked: This host's client certificate was revoked");
    const [line] = await listCertificates(installation.organizationId, source.id);
    expect(line).toMatchObject({
      state: "revoked",
      refusedFor: "This host's client certificate was revoked",
    });
    await expect(revokeCertificate(admin, source.id, made.id, "again")).rejects.toMatchObject({
      status: 409,
    });
    await expect(renewCertificate(admin, source.id, made.id, { days: 1 })).rejects.toMatchObject({
      status: 409,
    });
  });

  it("is cut off and refused while its source is stopped", async () => {
    const { source, made } = await host("stopped");
    const client = await connect(identityOf(made));
    client.send(acceptMsg());
    await client.until("hello");
    await inTransaction((db) => setSourceDisabled(db, installation.organizationId, source.id, true));
    expect(await refusal(client)).toContain("is stopped");
    expect(await refusal(await connect(identityOf(made)))).toContain("is stopped");
    await inTransaction((db) => setSourceDisabled(db, installation.organizationId, source.id, false));
    await (await connect(identityOf(made))).until("hello");
  });

  it("is refused after the end of its certificate, however it came about", async () => {
    const { source, made } = await host("over");
    const renewed = await renewCertificate(admin, source.id, made.id, { days: 30, reason: "its time" });
    const ends = async () => (await listCertificates(installation.organizationId, source.id)).at(-1);
    expect(await ends()).toMatchObject({ state: "replaced", replacedBy: renewed.id });
    expect(Date.parse((await ends())?.endsAt ?? "") - Date.now()).toBeLessThanOrEqual(7 * 86_400_000);
    await (await connect(identityOf(made))).until("hello");
    await (await connect(identityOf(renewed))).until("hello");
    await pool().query("UPDATE source_certificates SET ends_at = now() WHERE id = $1", [made.id]);
    expect(await refusal(await connect(identityOf(made)))).toBe("This host's client certificate has expired");
    await (await connect(identityOf(renewed))).until("hello");
    const expired = await issueCertificate(admin, source.id, { name: "past", days: -1 / 1440 });
    expect(await refusal(await connect(identityOf(expired)))).toBe(
      "This host's client certificate has expired",
    );
    await expect
      .poll(() => refusals())
      .toContain("over, certificate past: This host's client certificate has expired");
  });
});

describe("who has no certificate of ours", () => {
  it("is refused, and on the record of the organization that was made first", async () => {
    const { strangerCertificate: cert, strangerKey: key } = testCertificates;
    expect(await refusal(await connect({ cert, key }))).toBe(
      "Daybook has not issued this host's client certificate",
    );
    expect(await refusal(await connect({}))).toBe(
      "Daybook takes encrypted sessions only with a client certificate",
    );
    await expect
      .poll(() => refusals())
      .toEqual(
        expect.arrayContaining([
          "sudo: Daybook has not issued this host's client certificate",
          "sudo: Daybook takes encrypted sessions only with a client certificate",
        ]),
      );
  });

  it("is refused with one that the database does not know", async () => {
    const { made } = await host("restored");
    await pool().query("UPDATE source_certificates SET fingerprint = $2 WHERE id = $1", [made.id, uuidv7()]);
    expect(await refusal(await connect(identityOf(made)))).toBe(
      "Daybook does not know this host's client certificate",
    );
  });

  it("finds no source of another organization, and none of a kind that takes no sessions", async () => {
    const there = await testSource(installation.otherOrganizationId, "sudo", {}, "theirs");
    const native = await testSource(installation.organizationId, "native", {}, "native");
    const wish = { name: "x", days: 1 };
    await expect(issueCertificate(admin, there.id, wish)).rejects.toMatchObject({ status: 404 });
    await expect(listCertificates(admin.organizationId, there.id)).rejects.toMatchObject({ status: 404 });
    await expect(issueCertificate(admin, native.id, wish)).rejects.toMatchObject({ status: 409 });
  });
});
