import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Principal } from "@/lib/auth/principal.ts";
import { principalOfSession } from "@/lib/auth/server/authenticate.ts";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { lines, testSource } from "@/lib/ingest/server/test-source.ts";
import { listKills } from "@/lib/kills/server/kills.ts";
import { liveSessionsOf } from "@/lib/recordings/server/live-store.ts";
import { deleteTarget } from "./delete-target.ts";
import { listTargets } from "./list-targets.ts";

let installation: TestInstallation;
let admin: Principal;
beforeAll(async () => {
  installation = await testInstallation();
  const { sessionId } = await installation.login(await installation.addUser("admin"));
  const principal = await principalOfSession(sessionId, new Headers());
  if (!principal) throw new Error("The admin is nobody");
  admin = principal;
});
afterAll(async () => {
  await installation.remove();
});

async function targetId(name: string): Promise<string> {
  const { targets } = await listTargets(admin, { match: name, after: null });
  const [target] = targets;
  if (!target) throw new Error(`No target ${name}`);
  return target.id;
}

describe("deleting a target", () => {
  it("ends its connections, and their closing says who deleted it", async () => {
    const sudo = await testSource(admin.organizationId, "sudo");
    const session = await liveSessionsOf(sudo).open({
      recordId: "host/9.0",
      at: "2026-11-21T10:00:00.000001Z",
      user: "alice",
      targetUser: "root",
      target: "db-1",
      command: "/bin/bash",
      argv: ["-bash"],
      cwd: "/root",
      tty: null,
      original: {},
      kind: "sudo",
      columns: 80,
      rows: 24,
      title: null,
      isRecorded: true,
      killEnds: "command",
    });
    const told: string[] = [];
    session.onKill(async (text) => void told.push(text));
    const native = await testSource(admin.organizationId, "native");
    const event = { log: "connection-events", time: "2026-11-20T10:00:00Z", user: "bob", kind: "ssh" };
    await native.post(
      lines([
        { ...event, id: "1", connectionRef: "1", target: "db-1", event: "open" },
        { ...event, id: "2", connectionRef: "2", target: "db-1", event: "open" },
        { ...event, id: "3", connectionRef: "2", target: "db-1", event: "closed", cause: "logout" },
        { ...event, id: "4", connectionRef: "3", target: "db-2", event: "open" },
      ]),
    );
    const id = await targetId("db-1");
    expect(await deleteTarget(admin, id, "decommissioned")).toEqual({ told: 1, closed: 1 });
    expect(told).toEqual([`This session was ended by ${admin.email}: decommissioned`]);
    await session.end({
      at: "2026-11-21T10:00:05.000000Z",
      exitCode: null,
      signal: "TERM",
      dumpedCore: false,
      error: null,
    });
    const cause = `${admin.email} deleted target`;
    const found = await pool().query(
      `SELECT user_name AS user, ref, target, status, cause FROM connections WHERE organization_id = $1
       ORDER BY user_name, ref`,
      [admin.organizationId],
    );
    expect(found.rows).toMatchObject([
      { user: "alice", status: "closed", cause },
      { user: "bob", ref: "1", status: "closed", cause },
      { user: "bob", ref: "2", status: "closed", cause: "logout" },
      { user: "bob", ref: "3", target: "db-2", status: "opened", cause: null },
    ]);
    const [live] = (
      await pool().query<{ id: string }>(
        "SELECT id FROM connections WHERE user_name = 'alice' AND organization_id = $1",
        [admin.organizationId],
      )
    ).rows;
    expect(await listKills(admin.organizationId, live?.id ?? "")).toMatchObject([{ cause, state: "ended" }]);
    const { targets } = await listTargets(admin, { match: "", after: null });
    expect(targets.map(({ name }) => name)).toEqual(["db-2"]);
    const steps = await pool().query(
      `SELECT event_type, custom_values->>'reason' AS reason, custom_values->>'connectionsTold' AS told,
         updated_state->>'deletedBy' AS by FROM audit_events WHERE target_id = $1 ORDER BY seq`,
      [id],
    );
    expect(steps.rows).toEqual([
      { event_type: "target:deleting", reason: "decommissioned", told: null, by: null },
      { event_type: "target:deleted", reason: "decommissioned", told: "1", by: admin.email },
    ]);
    // It does not come back with the next record that names it, and cannot be deleted twice.
    await native.post(lines([{ ...event, id: "5", connectionRef: "5", target: "db-1", event: "open" }]));
    expect((await listTargets(admin, { match: "db-1", after: null })).targets).toEqual([]);
    await expect(deleteTarget(admin, id, "again")).rejects.toMatchObject({ status: 404 });
  });

  it("of another organization is none", async () => {
    const other = await testSource(installation.otherOrganizationId, "native");
    await other.post(
      lines([
        {
          log: "connection-events",
          time: "2026-11-20T10:00:00Z",
          user: "eve",
          kind: "ssh",
          id: "1",
          connectionRef: "1",
          target: "theirs",
          event: "open",
        },
      ]),
    );
    const { targets } = await listTargets(
      { organizationId: installation.otherOrganizationId, reach: "all" },
      { match: "", after: null },
    );
    const [theirs] = targets;
    await expect(deleteTarget(admin, theirs?.id ?? "", "x")).rejects.toMatchObject({ status: 404 });
    const found = await pool().query("SELECT status FROM connections WHERE target = 'theirs'");
    expect(found.rows).toEqual([{ status: "opened" }]);
  });
});
