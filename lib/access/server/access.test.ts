import Papa from "papaparse";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Principal } from "@/lib/auth/principal.ts";
import { principalOfSession } from "@/lib/auth/server/authenticate.ts";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { createGroup } from "@/lib/groups/server/groups.ts";
import { assignScope } from "@/lib/groups/server/user-scope.ts";
import { unguardFormula } from "@/lib/logs/formula-guard.ts";
import { reasonsOf, seesInShort } from "../reasons.ts";
import { accessCsv } from "./csv.ts";
import { listAccess } from "./list-access.ts";

let installation: TestInstallation;
let superuser: Principal;
const hostile = `=HYPERLINK("x"),é🌍`;
const ids: { [name: string]: string } = {};
beforeAll(async () => {
  installation = await testInstallation();
  const { sessionId } = await installation.login(
    await installation.addUser("superuser", { email: "a@example.org" }),
  );
  const principal = await principalOfSession(sessionId, new Headers());
  if (!principal) throw new Error("Nobody");
  superuser = principal;
  const scope = { description: "", globalScope: false, targets: [] };
  const red = await createGroup(superuser, { ...scope, name: "Red", spaces: [hostile], targets: ["db-1"] });
  const blue = await createGroup(superuser, { ...scope, name: "Blue", spaces: ["blue"] });
  const add = async (role: "admin" | "auditor" | "member", email: string, groupIds?: string[]) => {
    const { id } = await installation.addUser(role, { email });
    ids[email] = id;
    if (groupIds) await assignScope(superuser, id, { globalScope: false, groupIds });
  };
  await add("auditor", "b@example.org", [red.id, blue.id]);
  await add("member", "c@example.org", [red.id]);
  await add("admin", "d@example.org", []);
  await add("auditor", "e@example.org");
  ids["red"] = red.id;
  await pool().query("UPDATE users SET name = $2, logins = '{bob,\"b b\"}' WHERE id = $1", [
    ids["b@example.org"],
    hostile,
  ]);
  await pool().query("UPDATE users SET status = 'disabled' WHERE id = $1", [ids["e@example.org"]]);
  await installation.addUser("auditor", {
    organizationId: installation.otherOrganizationId,
    email: "theirs@example.org",
  });
});
afterAll(() => installation.remove());

const found = async (query: object) =>
  (await listAccess(installation.organizationId, { match: "", ...query })).people.map(({ email }) => email);

it("says of everybody what they see, and why", async () => {
  const { people } = await listAccess(installation.organizationId, { match: "" });
  expect(people.map((line) => [line.email, seesInShort(line)])).toEqual([
    ["a@example.org", "everything"],
    ["b@example.org", "some spaces and targets"],
    ["c@example.org", "own rows of some spaces and targets"],
    ["d@example.org", "nothing"],
    ["e@example.org", "nothing"],
  ]);
  const [, auditor, , admin, disabled] = people;
  expect(auditor?.reach).toEqual({ spaces: expect.arrayContaining(["blue", hostile]), targets: ["db-1"] });
  expect(auditor && reasonsOf(auditor)).toEqual([
    "As an auditor they read logs and recordings.",
    "They have no global scope, so that only groups give them spaces and targets:",
    "Group “Blue” gives the space blue.",
    `Group “Red” gives the space ${hostile} and the target db-1.`,
    expect.stringContaining("neither the audit log nor sources"),
  ]);
  expect(admin && reasonsOf(admin).join(" ")).toContain("in no group");
  expect(disabled && reasonsOf(disabled)[0]).toContain("disabled");
});

it("is searched by name, role, state, group, and by who may see a space or a target", async () => {
  expect(await found({ match: "HYPER" })).toEqual(["b@example.org"]);
  expect(await found({ role: "auditor", status: "active" })).toEqual(["b@example.org"]);
  expect(await found({ group: ids["red"] })).toEqual(["b@example.org", "c@example.org"]);
  expect(await found({ space: "blue" })).toEqual(["a@example.org", "b@example.org", "e@example.org"]);
  expect(await found({ target: "db-1", role: "member" })).toEqual(["c@example.org"]);
  expect(await found({ target: hostile })).toEqual(["a@example.org", "e@example.org"]);
  const first = await listAccess(installation.organizationId, { match: "" }, 2);
  expect(first.nextCursor).toBe("b@example.org");
  expect(await found({ after: first.nextCursor })).toEqual([
    "c@example.org",
    "d@example.org",
    "e@example.org",
  ]);
});

it("as CSV is what a spreadsheet opens without running it, and stands in the audit log", async () => {
  const csv = await accessCsv(superuser, { match: "" }, "");
  expect(csv.startsWith('\uFEFF"Email",')).toBe(true);
  // LibreOffice parts cells at semicolons and tabs too, unless they are in quotes.
  expect(csv.replace(/"(?:[^"]|"")*"/g, "")).not.toMatch(/[^\uFEFF,\r\n]/);
  const { data, errors } = Papa.parse<{ [header: string]: string }>(csv.slice(1), {
    header: true,
    skipEmptyLines: true,
  });
  expect(errors).toEqual([]);
  expect(data).toHaveLength(5);
  for (const row of data) for (const cell of Object.values(row)) expect(cell).not.toMatch(/^[=+\-@]/);
  const row = data[1] ?? {};
  expect(unguardFormula(row["Name"] ?? "")).toBe(hostile);
  expect(row).toMatchObject({ Groups: "Blue\nRed", Targets: "db-1", "Other names": "bob\nb b" });
  expect(csv).not.toContain("theirs");
  const events = await pool().query(
    `SELECT event_type AS event, updated_state AS state FROM audit_events WHERE target = 'Access' ORDER BY seq`,
  );
  expect(events.rows).toMatchObject([
    { event: "export:creating" },
    { event: "export:created", state: { rows: 5 } },
  ]);
});
