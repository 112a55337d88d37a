import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Principal } from "@/lib/auth/principal.ts";
import { principalOfSession } from "@/lib/auth/server/authenticate.ts";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { createGroup, deleteGroup, updateGroup } from "./groups.ts";
import { addMember, removeMember } from "./members.ts";
import { getGroup, listGroups } from "./read.ts";

let installation: TestInstallation;
let superuser: Principal;
let admin: Principal;
let limited: Principal;
let theirs: Principal;
beforeAll(async () => {
  installation = await testInstallation();
  const { otherOrganizationId: organizationId } = installation;
  superuser = await person("superuser");
  admin = await person("admin");
  limited = { ...(await person("admin")), reach: { spaces: ["red"], targets: [] } };
  theirs = await person("superuser", organizationId);
});
afterAll(() => installation.remove());

async function person(role: "superuser" | "admin", organizationId = installation.organizationId) {
  const user = await installation.addUser(role, { organizationId });
  const { sessionId } = await installation.login(user);
  const principal = await principalOfSession(sessionId, new Headers());
  if (!principal) throw new Error("Nobody");
  return principal;
}

const wish = (name: string, spaces: string[] = []) => ({
  name,
  description: "",
  globalScope: false,
  spaces,
  targets: [],
});

async function stepsOf(id: string) {
  const found = await pool().query<{ event: string; before: object; after: object; custom: object }>(
    `SELECT event_type AS event, original_state AS before, updated_state AS after, custom_values AS custom
     FROM audit_events WHERE target_id = $1 ORDER BY seq`,
    [id],
  );
  return found.rows;
}

describe("a group", () => {
  it("is made, changed and deleted, each as a workflow with the states before and after", async () => {
    const made = await createGroup(admin, wish("Operators", ["red"]));
    expect(made).toMatchObject({ name: "Operators", version: 1, spaces: ["red"], targets: [], members: [] });
    const changed = await updateGroup(admin, made.id, { version: 1, spaces: ["red", "blue"], name: "Ops" });
    expect(changed).toMatchObject({ name: "Ops", version: 2, spaces: ["blue", "red"] });
    const { email } = await installation.addUser("auditor");
    await addMember(admin, made.id, email.toUpperCase());
    await deleteGroup(admin, made.id, "reorganized");
    const told = await stepsOf(made.id);
    expect(told.map(({ event }) => event)).toEqual([
      "scope:creating",
      "scope:created",
      "scope:updating",
      "scope:updated",
      "scope:deleting",
      "scope:deleted",
    ]);
    expect(told[1]).toMatchObject({ custom: { creationStatus: "created" }, after: { spaces: ["red"] } });
    expect(told[3]).toMatchObject({ before: { name: "Operators" }, after: { name: "Ops" } });
    expect(told[5]).toMatchObject({ custom: { reason: "reorganized" }, before: { members: [email] } });
    await expect(getGroup(admin, made.id)).rejects.toMatchObject({ status: 404 });
  });

  it("that two people change at once is changed by the first alone, and the second is told", async () => {
    const { id } = await createGroup(admin, wish("Contested"));
    const both = await Promise.allSettled([
      updateGroup(admin, id, { version: 1, description: "by the admin" }),
      updateGroup(superuser, id, { version: 1, description: "by the superuser" }),
    ]);
    const refused = both.filter((one) => one.status === "rejected");
    expect(refused).toMatchObject([{ reason: { status: 409 } }]);
    expect(await getGroup(admin, id)).toMatchObject({ version: 2 });
    await expect(updateGroup(admin, id, { version: 1, spaces: [] })).rejects.toMatchObject({ status: 409 });
    const events = (await stepsOf(id)).map(({ event }) => event);
    expect(events.filter((event) => event === "scope:update-failed")).toHaveLength(2);
  });

  it("has a name of its own, also when two are made at once", async () => {
    const both = await Promise.allSettled([
      createGroup(admin, wish("Twice")),
      createGroup(superuser, wish("twice")),
    ]);
    expect(both.filter((one) => one.status === "rejected")).toMatchObject([{ reason: { status: 409 } }]);
    const { id } = await createGroup(admin, wish("Another"));
    await expect(updateGroup(admin, id, { version: 1, name: "TWICE" })).rejects.toMatchObject({
      status: 409,
    });
    await createGroup(theirs, wish("Twice"));
  });

  it("gives nothing that its maker does not see, and is not known to who sees less", async () => {
    const { id } = await createGroup(superuser, wish("Blue", ["blue"]));
    await expect(createGroup(limited, wish("More", ["red", "blue"]))).rejects.toMatchObject({
      status: 400,
      errors: [{ parameter: "spaces" }],
    });
    await expect(createGroup(limited, { ...wish("All"), globalScope: true })).rejects.toMatchObject({
      status: 400,
    });
    const own = await createGroup(limited, wish("Red", ["red"]));
    await expect(updateGroup(limited, own.id, { version: 1, targets: ["anything"] })).rejects.toMatchObject({
      status: 400,
    });
    for (const refused of [
      () => getGroup(limited, id),
      () => updateGroup(limited, id, { version: 1, spaces: ["red"] }),
      () => deleteGroup(limited, id, "mine"),
      () => addMember(limited, id, limited.userId),
    ])
      await expect(refused()).rejects.toMatchObject({ status: 404 });
    const names = (await listGroups(limited)).map(({ name }) => name);
    expect(names).toContain("Red");
    expect(names).not.toContain("Blue");
  });

  it("of another organization is none, whatever is done with it", async () => {
    const { id } = await createGroup(theirs, wish("Foreign", ["red"]));
    const mine = await createGroup(superuser, wish("Mine"));
    for (const refused of [
      () => getGroup(superuser, id),
      () => updateGroup(superuser, id, { version: 1, spaces: [] }),
      () => deleteGroup(superuser, id, "mine"),
      () => addMember(superuser, id, admin.email),
      () => addMember(superuser, mine.id, theirs.userId),
      () => addMember(superuser, mine.id, theirs.email),
      () => removeMember(superuser, mine.id, theirs.userId),
    ])
      await expect(refused()).rejects.toMatchObject({ status: 404 });
    expect(await getGroup(theirs, id)).toMatchObject({ version: 1, spaces: ["red"], members: [] });
  });
});
