import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import { type Role, roles } from "@/lib/auth/roles.ts";
import { createToken } from "@/lib/auth/server/api-tokens.ts";
import { principalOfSession } from "@/lib/auth/server/authenticate.ts";
import type { TestInstallation, TestUser } from "@/lib/auth/server/test-installation.ts";
import { issueCertificate } from "@/lib/certificates/server/certificates.ts";
import { pool } from "@/lib/db/client.ts";
import { createDeploymentToken } from "@/lib/deployment-tokens/server/deployment-tokens.ts";
import { createGroup } from "@/lib/groups/server/groups.ts";
import { addMember } from "@/lib/groups/server/members.ts";
import { lines, type TestSource, testSource } from "@/lib/ingest/server/test-source.ts";
import { claimDevice } from "@/lib/recordings/server/devices.ts";
import { testRecording } from "@/lib/recordings/server/test-recording.ts";
import { shareSession } from "@/lib/shares/server/shares.ts";
import { providerWish } from "@/lib/sso/provider-wish.ts";
import { createProvider } from "@/lib/sso/server/providers.ts";
import { createScimToken } from "@/lib/sso/server/scim-token.ts";
import { type LogSlug, logView, logViews } from "../views.ts";
import { exportLog } from "./export-log.ts";
import { scopeOf } from "./request.ts";
import { saveView } from "./saved-views.ts";
import { worldRecords } from "./test-world-records.ts";

/** An organization that has one or more of everything, all of it with `word` in every text that has room for it. */
export type TestWorld = {
  organizationId: string;
  word: string;
  users: { [role in Role]: TestUser };
  /** Cookie headers. */
  cookies: { [role in Role]: string };
  source: TestSource;
  /** What can be named in a path, a query or a body. */
  ids: {
    source: string;
    sudoSource: string;
    certificate: string;
    quarantined: string;
    token: string;
    deploymentToken: string;
    savedView: string;
    export: string;
    group: string;
    target: string;
    space: string;
    recording: string;
    device: string;
    connection: string;
    auditor: string;
    /** Somebody without a session here. */
    person: string;
    share: string;
    provider: string;
  };
  /** A key of a row of every log: time~id. */
  keys: { [log in LogSlug]: string };
};

async function idOf(sql: string, organizationId: string): Promise<string> {
  const found = await pool().query<{ id: string }>(sql, [organizationId]);
  const id = found.rows[0]?.id;
  if (id === undefined) throw new Error(`Nothing found by ${sql}`);
  return id;
}

async function firstKey(log: LogSlug, organizationId: string): Promise<string> {
  const key = `to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '~' || id`;
  return idOf(
    `SELECT ${key} AS id FROM ${logView(log).table} WHERE organization_id = $1 ORDER BY time, id`,
    organizationId,
  );
}

/**
 * Fills an organization.
 * @param time of all of its records
 */
export async function makeWorld(
  installation: TestInstallation,
  organizationId: string,
  word: string,
  time: string,
): Promise<TestWorld> {
  const entries = await Promise.all(
    roles.map(async (role) => {
      const user = await installation.addUser(role, { organizationId, email: `${role}@${word}.example` });
      return { role, user, ...(await installation.login(user)) };
    }),
  );
  const byRole = <T>(of: (entry: (typeof entries)[number]) => T): { [role in Role]: T } =>
    Object.fromEntries(entries.map((entry) => [entry.role, of(entry)])) as { [role in Role]: T };
  const users = byRole(({ user }) => user);
  const sessions = byRole(({ sessionId }) => sessionId);
  const source = await testSource(organizationId, "native", { cluster: `${word} cluster` }, `${word} source`);
  const records = worldRecords(word, [`${word} person`, users.member.email], time);
  const stored = await source.post(lines([...records, { log: "commands", id: "bad", time: word }]));
  expect(stored).toEqual({ accepted: records.length, duplicates: 0, quarantined: 1, skipped: 0 });
  const principal = await principalOfSession(sessions.superuser, new Headers());
  if (!principal) throw new Error("The superuser of a world is nobody");
  const token = await createToken(principal, {
    name: `${word} token`,
    scopes: ["logs:read"],
    expiresInDays: 1,
  });
  const deployment = await createDeploymentToken(principal, {
    name: `${word} hosts`,
    kind: "native",
    settings: {},
    hosts: 1,
    expiresInHours: 1,
  });
  const scopes = { globalScope: false, spaces: [`${word} space`], targets: [`${word} target`] };
  const group = await createGroup(principal, { name: `${word} group`, description: word, ...scopes });
  await addMember(principal, group.id, users.member.email);
  const view = { log: "commands" as const, name: `${word} view`, query: `user=${word}`, shared: true };
  const savedView = await saveView(principal, view);
  const all = { conditions: [], time: {}, order: "desc" as const, limit: 50 };
  const scope = scopeOf(principal, "commands");
  const wish = { slug: "commands" as const, scope, query: all, format: "csv" as const };
  const download = await exportLog(principal, wish, undefined);
  await download.text();
  const recording = await testRecording(organizationId, source.id, {
    word,
    user: `${word} person`,
    target: `${word} target`,
    time,
  });
  const sudo = await testSource(organizationId, "sudo", {}, `${word} sudo`);
  const certificate = await issueCertificate(principal, sudo.id, { name: word, days: 1 });
  const connection = await idOf(
    "SELECT id FROM connections WHERE organization_id = $1 ORDER BY time, id",
    organizationId,
  );
  const until = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  const second = await installation.addUser("auditor", { organizationId, email: `second@${word}.example` });
  const share = await shareSession(principal, connection, { userId: second.id, reason: word, until });
  const installId = randomUUID();
  await claimDevice(principal, { installId, name: `${word} device` });
  const provider = await createProvider(
    principal,
    providerWish.parse({
      name: `${word} provider`,
      kind: "k1",
      issuer: "https://login.example.org",
      clientId: word,
      clientSecret: word,
    }),
  );
  await createScimToken(principal, provider.id);
  const logs = Object.keys(logViews) as LogSlug[];
  const keys = await Promise.all(
    logs.map(async (log) => [log, await firstKey(log, organizationId)] as const),
  );
  return {
    organizationId,
    word,
    users,
    cookies: byRole(({ cookie }) => cookie),
    source,
    ids: {
      source: source.id,
      sudoSource: sudo.id,
      certificate: certificate.id,
      quarantined: await idOf(
        "SELECT id FROM quarantined_records WHERE organization_id = $1",
        organizationId,
      ),
      token: token.id,
      deploymentToken: deployment.id,
      group: group.id,
      savedView: savedView.id,
      export: download.headers.get("x-export-id") ?? "",
      target: await idOf(
        "SELECT id FROM targets WHERE organization_id = $1 AND kind = 'ssh'",
        organizationId,
      ),
      space: await idOf("SELECT id FROM spaces WHERE organization_id = $1", organizationId),
      recording,
      connection,
      auditor: users.auditor.id,
      person: second.id,
      share: share.id,
      provider: provider.id,
      device: await idOf("SELECT id FROM devices WHERE organization_id = $1", organizationId),
    },
    keys: Object.fromEntries(keys) as TestWorld["keys"],
  };
}

/** Everything that the database holds of an organization, as one text: what changes it changed something there. */
export async function everythingOf(organizationId: string): Promise<string> {
  const tables = await pool().query<{ name: string; own: boolean; ofSource: boolean; ofUser: boolean }>(
    `SELECT c.table_name AS name, bool_or(c.column_name = 'organization_id') AS own,
       bool_or(c.column_name = 'source_id') AS "ofSource", bool_or(c.column_name = 'user_id') AS "ofUser"
     FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' GROUP BY c.table_name ORDER BY c.table_name`,
  );
  const ofOrganization = [
    { whose: "own", where: "organization_id = $1" },
    { whose: "ofSource", where: "source_id IN (SELECT id FROM sources WHERE organization_id = $1)" },
    { whose: "ofUser", where: "user_id IN (SELECT id FROM users WHERE organization_id = $1)" },
  ] as const;
  const told: string[] = [];
  for (const table of tables.rows) {
    const where = ofOrganization.find(({ whose }) => table[whose])?.where;
    if (where === undefined) continue;
    const sql = `SELECT t::text AS row FROM "${table.name}" t WHERE ${where} ORDER BY 1`;
    const rows = await pool().query<{ row: string }>(sql, [organizationId]);
    told.push(table.name, ...rows.rows.map(({ row }) => row));
  }
  return told.join("\n");
}
