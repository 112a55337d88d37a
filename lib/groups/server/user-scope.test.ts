import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Principal } from "@/lib/auth/principal.ts";
import { principalOfSession } from "@/lib/auth/server/authenticate.ts";
import {
  type TestInstallation,
  type TestUser,
  testInstallation,
} from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { createGroup } from "./groups.ts";
import { assignScope, changeMembership, requireGrantable } from "./user-scope.ts";

let installation: TestInstallation;
let superuser: Principal;
let admin: Principal;
let limited: Principal;
let limitedUser: TestUser;
let user: TestUser;
const ids: { [name: string]: string } = {};

const person = async (who: TestUser): Promise<Principal> => {
  const { sessionId } = await installation.login(who);
  const principal = await principalOfSession(sessionId, new Headers());
  if (!principal) throw new Error("Nobody");
  return principal;
};

const group = async (by: Principal, name: string, wish: { globalScope?: boolean; spaces?: string[] }) => {
  const all = { description: "", globalScope: false, spaces: [], targets: [], ...wish };
  ids[name] = (await createGroup(by, { name, ...all })).id;
};

beforeAll(async () => {
  installation = await testInstallation();
  superuser = await person(await installation.addUser("superuser"));
  admin = await person(await installation.addUser("admin"));
  limitedUser = await installation.addUser("admin");
  await group(superuser, "all", { globalScope: true });
  await group(superuser, "red", { spaces: ["red"] });
  await group(superuser, "blue", { spaces: ["blue"] });
  await assignScope(superuser, limitedUser.id, { globalScope: false, groupIds: [ids["red"] ?? ""] });
  limited = await person(limitedUser);
  const { otherOrganizationId: organizationId } = installation;
  await group(await person(await installation.addUser("superuser", { organizationId })), "theirs", {});
});
afterAll(() => installation.remove());
beforeEach(async () => {
  user = await installation.addUser("auditor");
});

const reachOf = async (who: TestUser) => (await person(who)).reach;
const idsOf = (...names: string[]) => names.map((name) => ids[name] ?? "");

async function stepsOf(userId: string) {
  const found = await pool().query<{ event: string; custom: object; before: object; after: object }>(
    `SELECT event_type AS event, custom_values AS custom, original_state AS before, updated_state AS after
     FROM audit_events WHERE target_id = $1 ORDER BY seq`,
    [userId],
  );
  return found.rows;
}

describe("what somebody sees", () => {
  it("is everything with the global scope, and without it what the groups give", async () => {
    expect(await reachOf(user)).toBe("all");
    await assignScope(superuser, user.id, { globalScope: false });
    expect(await reachOf(user)).toEqual({ spaces: [], targets: [] });
    await assignScope(admin, user.id, { groupIds: idsOf("red", "blue") });
    expect(await reachOf(user)).toEqual({ spaces: ["blue", "red"], targets: [] });
    await assignScope(admin, user.id, { groupIds: idsOf("red", "all") });
    expect(await reachOf(user)).toBe("all");
  });

  it("is everything for a superuser, whatever the setting", async () => {
    const other = await installation.addUser("superuser");
    await pool().query("UPDATE users SET global_scope = false WHERE id = $1", [other.id]);
    expect(await reachOf(other)).toBe("all");
  });

  it("does not come from a group of another organization, should one be there", async () => {
    await pool().query("UPDATE users SET global_scope = false WHERE id = $1", [user.id]);
    await pool().query("UPDATE groups SET global_scope = true WHERE id = $1", [ids["theirs"]]);
    await pool().query("INSERT INTO group_members (group_id, user_id) VALUES ($1, $2)", [
      ids["theirs"],
      user.id,
    ]);
    expect(await reachOf(user)).toEqual({ spaces: [], targets: [] });
  });
});

describe("putting somebody into groups", () => {
  it("is a workflow each time, with the groups before and after", async () => {
    await assignScope(admin, user.id, { groupIds: idsOf("red") });
    await assignScope(admin, user.id, { groupIds: idsOf("red") });
    await changeMembership(admin, user.id, ids["blue"] ?? "", true);
    const [red, blue] = [
      { id: ids["red"], name: "red" },
      { id: ids["blue"], name: "blue" },
    ];
    const told = await stepsOf(user.id);
    expect(told.map(({ event }) => event)).toEqual([
      "userscope:assigning",
      "userscope:assigned",
      "userscope:updating",
      "userscope:updated",
    ]);
    expect(told[1]).toMatchObject({
      custom: { userId: user.id, groupIds: idsOf("red"), assignmentStatus: "assigned" },
      before: { groups: [] },
      after: { groups: [red] },
    });
    expect(told[3]).toMatchObject({ before: { groups: [red] }, after: { groups: [blue, red] } });
  });

  it("gives the global scope as a workflow of its own", async () => {
    await assignScope(superuser, user.id, { globalScope: false });
    await assignScope(admin, user.id, { globalScope: true });
    const told = await stepsOf(user.id);
    expect(told.map(({ event }) => event)).toEqual([
      "userscope:updating",
      "userscope:updated",
      "globalscope:creating",
      "globalscope:created",
    ]);
    expect(told[3]).toMatchObject({
      custom: { userId: user.id, tenantId: installation.organizationId, creationStatus: "created" },
      before: { globalScope: false },
      after: { globalScope: true },
    });
  });

  it("gives nobody more than the giver sees", async () => {
    const wishes = [{ globalScope: true }, { groupIds: idsOf("blue") }, { groupIds: idsOf("all") }];
    for (const wish of wishes) {
      await expect(requireGrantable(limited, wish)).rejects.toMatchObject({ status: 400 });
      await expect(assignScope(limited, user.id, wish)).rejects.toMatchObject({ status: 400 });
      await expect(assignScope(limited, limitedUser.id, wish)).rejects.toMatchObject({ status: 400 });
    }
    expect(await stepsOf(user.id)).toEqual([]);
    await assignScope(limited, user.id, { groupIds: idsOf("red") });
    // A group that the giver does not know of stays where it is.
    await assignScope(superuser, user.id, { groupIds: idsOf("red", "blue"), globalScope: false });
    await assignScope(limited, user.id, { groupIds: [] });
    expect(await reachOf(user)).toEqual({ spaces: ["blue"], targets: [] });
  });

  it("is refused for superusers by an admin, and across organizations as if there were none", async () => {
    const { otherOrganizationId: organizationId } = installation;
    const theirs = await installation.addUser("member", { organizationId });
    const wish = { groupIds: idsOf("red") };
    await expect(assignScope(admin, superuser.userId, wish)).rejects.toMatchObject({ status: 403 });
    await expect(assignScope(admin, theirs.id, wish)).rejects.toMatchObject({ status: 404 });
    await expect(assignScope(admin, user.id, { groupIds: idsOf("theirs") })).rejects.toMatchObject({
      status: 400,
    });
    await expect(changeMembership(admin, theirs.id, ids["red"] ?? "", true)).rejects.toMatchObject({
      status: 404,
    });
  });
});
