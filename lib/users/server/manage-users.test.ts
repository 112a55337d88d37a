import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Principal } from "@/lib/auth/principal.ts";
import type { Role } from "@/lib/auth/roles.ts";
import { createToken, findTokenHolder } from "@/lib/auth/server/api-tokens.ts";
import { findSession } from "@/lib/auth/server/sessions.ts";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { testPrincipal } from "@/lib/auth/server/test-principal.ts";
import { pool } from "@/lib/db/client.ts";
import { createGroup } from "@/lib/groups/server/groups.ts";
import { claimDevice } from "@/lib/recordings/server/devices.ts";
import { userPage } from "../user.ts";
import { parseUserQuery } from "../user-query.ts";
import { inviteUser, resendInvitation } from "./invitations.ts";
import { getUser, listUsers } from "./list-users.ts";
import { deleteUser, updateUser } from "./manage-users.ts";
import { toldOf } from "./test-audit.ts";

let installation: TestInstallation;
let superuser: Principal;
let admin: Principal;
beforeAll(async () => {
  installation = await testInstallation();
  superuser = testPrincipal(await installation.addUser("superuser"));
  admin = testPrincipal(await installation.addUser("admin"));
});
afterAll(() => installation.remove());

const somebody = (role: Role = "member") => installation.addUser(role);
const everything = { globalScope: true, groupIds: [] };
const gone = { version: 1, reason: "left" };

describe("an update", () => {
  it("has the states before and after in the record", async () => {
    const user = await somebody();
    await updateUser(admin, user.id, {
      version: 1,
      name: "Newer",
      role: "auditor",
      logins: ["n1"],
      reason: "moved",
    });
    expect(await getUser(admin, user.id)).toMatchObject({
      name: "Newer",
      role: "auditor",
      logins: ["n1"],
      version: 2,
    });
    const steps = await toldOf(user.email, "user:update");
    expect(steps.map(({ custom }) => custom["updateStatus"])).toEqual(["updating", "updated"]);
    expect(new Set(steps.map(({ workflow }) => workflow)).size).toBe(1);
    expect(steps[1]).toMatchObject({
      initiator: admin.email,
      custom: { username: user.email, updatedBy: admin.email, reason: "moved" },
      before: { name: user.email, role: "member", logins: [] },
      after: { name: "Newer", role: "auditor", logins: ["n1"] },
    });
  });

  it("of two administrators at once is one's; the other is told and nothing of theirs is saved", async () => {
    const user = await somebody();
    const both = await Promise.allSettled([
      updateUser(admin, user.id, { version: 1, name: "By the admin" }),
      updateUser(superuser, user.id, { version: 1, role: "auditor" }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const refused = both.find((end) => end.status === "rejected");
    expect(refused?.reason).toMatchObject({
      status: 409,
      detail: expect.stringContaining("by somebody else meanwhile"),
    });
    const now = await getUser(admin, user.id);
    expect(now.version).toBe(2);
    expect([now.name === "By the admin", now.role === "auditor"]).toEqual(
      both[0]?.status === "fulfilled" ? [true, false] : [false, true],
    );
    await expect(deleteUser(admin, user.id, gone)).rejects.toMatchObject({ status: 409 });
  });

  it("counts what a command on the server or another part changed", async () => {
    const user = await somebody();
    await pool().query("UPDATE users SET logins = '{x9}' WHERE id = $1", [user.id]);
    await expect(updateUser(admin, user.id, { version: 1, name: "Late" })).rejects.toMatchObject({
      status: 409,
    });
    await pool().query("UPDATE users SET last_seen_at = now() WHERE id = $1", [user.id]);
    await updateUser(admin, user.id, { version: 2, name: "In time" });
  });

  it("reaches nobody and no role above the own", async () => {
    const above = await somebody("superuser");
    const user = await somebody();
    await expect(updateUser(admin, above.id, { version: 1, name: "Mine" })).rejects.toMatchObject({
      status: 403,
    });
    await expect(deleteUser(admin, above.id, gone)).rejects.toMatchObject({ status: 403 });
    await expect(updateUser(admin, user.id, { version: 1, role: "superuser" })).rejects.toMatchObject({
      status: 403,
    });
    await updateUser(superuser, user.id, { version: 1, role: "superuser" });
    expect(await getUser(admin, above.id)).toMatchObject({ editable: false, version: 1 });
  });

  it("of the own role or state is refused, of the own name it is not", async () => {
    for (const change of [{ role: "member" }, { status: "disabled" }] as const)
      await expect(updateUser(admin, admin.id, { version: 1, ...change })).rejects.toMatchObject({
        status: 409,
      });
    await expect(deleteUser(admin, admin.id, gone)).rejects.toThrow("Nobody deletes their own account.");
    await updateUser(admin, admin.id, { version: 1, role: "admin", name: "Myself" });
  });

  it("leaves an auditor's setting to auditors", async () => {
    const user = await somebody("auditor");
    await updateUser(admin, user.id, { version: 1, sharedOnly: true });
    await updateUser(admin, user.id, { version: 2, role: "member" });
    expect(await getUser(admin, user.id)).toMatchObject({ role: "member", sharedOnly: false });
    await expect(updateUser(admin, user.id, { version: 3, sharedOnly: true })).rejects.toThrow(
      "only an auditor",
    );
  });

  it("of the scope alone leaves the rest as it is", async () => {
    const user = await somebody();
    const { name, role, logins } = await getUser(admin, user.id);
    await updateUser(admin, user.id, { version: 1, name, role, logins, globalScope: false, groupIds: [] });
    expect(await getUser(admin, user.id)).toMatchObject({ name, role, globalScope: false });
    expect(await toldOf(user.email, "user:update")).toEqual([]);
    await expect(updateUser(admin, user.id, { version: 2, name })).rejects.toThrow("is like that already");
  });

  it("disables and enables; what was open is over", async () => {
    const user = await somebody();
    const { sessionId } = await installation.login(user);
    await updateUser(admin, user.id, { version: 1, status: "disabled", reason: "on leave" });
    expect(await findSession(sessionId)).toBeUndefined();
    await updateUser(admin, user.id, { version: 2, status: "active" });
    expect(await getUser(admin, user.id)).toMatchObject({ status: "active" });
    const { id } = await inviteUser(admin, {
      email: "waits@example.org",
      name: "W",
      role: "member",
      logins: [],
      sharedOnly: false,
      ...everything,
    });
    await expect(updateUser(admin, id, { version: 2, status: "active" })).rejects.toThrow(
      "has not used the link",
    );
  });
});

describe("a deletion", () => {
  it("takes the row with sessions, tokens and devices, and leaves the record", async () => {
    const user = await somebody("auditor");
    const { sessionId } = await installation.login(user);
    const { token } = await createToken(testPrincipal(user), {
      name: "robot",
      scopes: ["logs:read"],
      expiresInDays: 1,
    });
    await claimDevice(testPrincipal(user), { installId: randomUUID(), name: "laptop" });
    expect(await findTokenHolder(token)).toBeDefined();
    expect(await deleteUser(admin, user.id, gone)).toEqual({ sessions: 1, tokens: 1, devices: 1 });
    expect(await findSession(sessionId)).toBeUndefined();
    expect(await findTokenHolder(token)).toBeUndefined();
    await expect(getUser(admin, user.id)).rejects.toMatchObject({ status: 404 });
    const steps = await toldOf(user.email, "user:deletion");
    expect(steps.map(({ custom }) => custom["deletionStatus"])).toEqual([
      "attempting",
      "deleting",
      "deleted",
    ]);
    expect(steps[2]).toMatchObject({
      custom: { username: user.email, deletedBy: admin.email, reason: "left" },
      before: { email: user.email, role: "auditor", status: "active" },
    });
    expect((await toldOf("robot", "apiToken:creation")).length).toBe(2);
    // The address is free again.
    await inviteUser(admin, {
      email: user.email,
      name: "Back",
      role: "member",
      logins: [],
      sharedOnly: false,
      ...everything,
    });
  });

  it("keeps the last active superuser, also when two delete each other at once", async () => {
    const organizationId = installation.otherOrganizationId;
    const one = testPrincipal(await installation.addUser("superuser", { organizationId }));
    const two = testPrincipal(await installation.addUser("superuser", { organizationId }));
    const ends = await Promise.allSettled([deleteUser(one, two.id, gone), deleteUser(two, one.id, gone)]);
    expect(ends.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const left = await pool().query("SELECT 1 FROM users WHERE organization_id = $1 AND role = 'superuser'", [
      organizationId,
    ]);
    expect(left.rowCount).toBe(1);
  });
});

describe("who sees one space only", () => {
  it("invites nobody who would see more, and manages nobody who does", async () => {
    const { id: groupId } = await createGroup(superuser, {
      name: "Shop",
      description: "",
      globalScope: false,
      spaces: ["shop"],
      targets: [],
    });
    const other = await createGroup(superuser, {
      name: "Bank",
      description: "",
      globalScope: false,
      spaces: ["bank"],
      targets: [],
    });
    const kept: Principal = { ...admin, reach: { spaces: ["shop"], targets: [] } };
    const wish = { name: "P", role: "member" as const, logins: [], sharedOnly: false };
    const more = [
      everything,
      { globalScope: false, groupIds: [other.id] },
      { globalScope: true, groupIds: [groupId] },
    ];
    for (const scope of more)
      await expect(inviteUser(kept, { ...wish, ...scope, email: "p1@example.org" })).rejects.toMatchObject({
        status: 400,
      });
    const none = await listUsers(admin, { match: "p1@", role: null, status: null, after: null });
    expect(none.users).toEqual([]);
    const { id } = await inviteUser(kept, {
      ...wish,
      globalScope: false,
      groupIds: [groupId],
      email: "p1@example.org",
    });
    expect(await getUser(kept, id)).toMatchObject({
      globalScope: false,
      groups: [{ id: groupId, name: "Shop" }],
      editable: true,
    });

    const wide = await inviteUser(admin, { ...wish, ...everything, email: "p2@example.org" });
    expect(await getUser(kept, wide.id)).toMatchObject({ globalScope: true, editable: false });
    const refused = [
      () => resendInvitation(kept, wide.id),
      () => updateUser(kept, wide.id, { version: 2, name: "Mine" }),
      () => deleteUser(kept, wide.id, { version: 2, reason: "r" }),
    ];
    for (const ask of refused) await expect(ask()).rejects.toMatchObject({ status: 403 });
    await expect(updateUser(kept, id, { version: 1, globalScope: true })).rejects.toMatchObject({
      status: 400,
    });

    await updateUser(admin, id, { version: 1, globalScope: true, groupIds: [other.id] });
    expect(await getUser(admin, id)).toMatchObject({ globalScope: true, groups: [{ name: "Bank" }] });
    const steps = await toldOf(
      "p1@example.org",
      "userscope:assign",
      "userscope:update",
      "globalscope:create",
    );
    expect(steps.map(({ event }) => event)).toHaveLength(6);
  });
});

describe("of another organization", () => {
  it("nobody is there", async () => {
    const organizationId = installation.otherOrganizationId;
    const theirs = await installation.addUser("member", { organizationId });
    const answers = [
      () => getUser(superuser, theirs.id),
      () => updateUser(superuser, theirs.id, { version: 1, name: "Mine" }),
      () => deleteUser(superuser, theirs.id, gone),
      () => resendInvitation(superuser, theirs.id),
    ];
    for (const ask of answers)
      await expect(ask()).rejects.toMatchObject({ status: 404, detail: "There is no such user." });
    const { users } = await listUsers(superuser, {
      match: theirs.email,
      role: null,
      status: null,
      after: null,
    });
    expect(users).toEqual([]);
  });
});

describe("the list", () => {
  const all = { match: "", role: null, status: null, after: null };

  it("finds by part of an address, a name or a login name, by role and by state", async () => {
    const { id } = await inviteUser(admin, {
      email: "find.me@example.org",
      name: "100% Fund_stück",
      role: "auditor",
      logins: ["needle7"],
      sharedOnly: true,
      ...everything,
    });
    for (const match of ["FIND.me", "fund_stück", "100%", "eedle7"]) {
      const { users } = await listUsers(admin, { ...all, match });
      expect(
        users.map((user) => user.id),
        match,
      ).toEqual([id]);
    }
    expect((await listUsers(admin, { ...all, match: "fund.st" })).users).toEqual([]);
    const invited = await listUsers(admin, { ...all, role: "auditor", status: "invited", match: "find" });
    expect(invited.users).toMatchObject([
      {
        id,
        status: "invited",
        sharedOnly: true,
        lastSeenAt: null,
        own: false,
        editable: true,
        invitedUntil: expect.stringMatching(/Z$/),
      },
    ]);
    expect((await listUsers(admin, { ...all, role: "member", match: "find" })).users).toEqual([]);
  });

  it("says when somebody was seen last, from the sign-in on", async () => {
    const user = await somebody();
    expect(await getUser(admin, user.id)).toMatchObject({ lastSeenAt: null });
    await installation.login(user);
    const { lastSeenAt } = await getUser(admin, user.id);
    expect(Date.now() - Date.parse(lastSeenAt ?? "")).toBeLessThan(60_000);
  });

  it("comes in pages that miss nobody and repeat nobody", async () => {
    await pool().query(
      `INSERT INTO users (id, organization_id, email, name, role)
       SELECT gen_random_uuid(), $1, 'many' || lpad(n::text, 4, '0') || '@example.org', 'Many', 'member'
       FROM generate_series(1, $2::int) AS n`,
      [installation.organizationId, 2 * userPage + 5],
    );
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page = await listUsers(admin, { ...all, match: "many", after });
      seen.push(...page.users.map(({ email }) => email));
      after = page.nextCursor;
    } while (after !== null);
    expect(seen).toHaveLength(2 * userPage + 5);
    expect(seen).toEqual([...new Set(seen)].sort());
  });

  it.each([
    ["colour=red", "colour"],
    ["role=king", "role"],
    ["status=gone", "status"],
    ["match=a&match=b", "match"],
    ["match=%00", "match"],
    [`match=${"x".repeat(201)}`, "match"],
    ["after=", "after"],
  ])("refuses ?%s", (query, parameter) => {
    expect(parseUserQuery(new URLSearchParams(query)).errors).toMatchObject([{ parameter }]);
  });
});
