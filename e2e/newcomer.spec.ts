import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { Secret, TOTP } from "otpauth";
import Papa from "papaparse";
import { catalogEntry } from "@/lib/audit/catalog.ts";
import { unguardFormula } from "@/lib/logs/formula-guard.ts";
import { mailServer } from "@/lib/mail/server/test-mail-server.ts";
import { expect, openLog, test } from "./fixtures.ts";
import { type Account, mailPort } from "./installation.ts";
import { runTool } from "./own-daybook.ts";

test.use({ account: "nobody" });

async function typePassword(page: Page, { email, password }: Account): Promise<void> {
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** @returns the secret of the codes */
async function enableCodes(page: Page, { password }: Account): Promise<Secret> {
  await page.getByRole("button", { name: "Set up" }).click();
  await page.getByLabel("Your password").fill(password);
  await page.getByRole("button", { name: "Go on", exact: true }).click();
  const shown = (await page.locator("[data-secret]").textContent()) ?? "";
  const secret = Secret.fromBase32(shown.replaceAll(" ", ""));
  await page.getByLabel("Code from the app").fill(TOTP.generate({ secret }));
  await page.getByRole("button", { name: "Turn on" }).click();
  await page.getByRole("button", { name: "I have kept them" }).click();
  return secret;
}

type Row = { [header: string]: string };
type Workflow = { type: string; rows: Row[] };

/** Downloads a category of today as a person does. @returns its rows, oldest first */
async function downloadToday(page: Page, category: string): Promise<Row[]> {
  await page.getByRole("combobox", { name: "Event Category" }).selectOption(category);
  const waiting = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download CSV File" }).click();
  const file = await readFile(await (await waiting).path(), "utf8");
  const { data } = Papa.parse<Row>(file, { header: true, skipEmptyLines: true });
  expect(Object.keys(data[0] ?? {})).toHaveLength(17);
  return data
    .map((row) => Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, unguardFormula(cell)])))
    .toSorted((a, b) => String(a["Timestamp"]).localeCompare(String(b["Timestamp"])));
}

/** Rows by their WorkflowId, in the order in which the workflows began. */
function workflowsOf(rows: readonly Row[]): Workflow[] {
  const found = new Map<string, Workflow>();
  for (const row of rows) {
    const workflow = found.get(String(row["WorkflowId"])) ?? { type: String(row["WorkflowType"]), rows: [] };
    workflow.rows.push(row);
    found.set(String(row["WorkflowId"]), workflow);
  }
  return [...found.values()];
}

/** Every step that the catalogue says a workflow that went well has, and no other. */
function expectEveryStep({ type, rows }: Workflow): void {
  const events = catalogEntry(type)?.events;
  const steps = [events?.attempting, events?.underWay, events?.done].flatMap((event) => event?.type ?? []);
  expect(
    rows.map((row) => row["EventType"]),
    type,
  ).toEqual(steps);
  expect(rows.map((row) => row["OperationStatus"])).toEqual(
    steps.map((_, place) => (place === steps.length - 1 ? "success" : "inProgress")),
  );
}

const stateOf = (workflow: Workflow | undefined, column: string): { [field: string]: unknown } | null => {
  const text = workflow?.rows.at(-1)?.[column] ?? "";
  return text === "" ? null : JSON.parse(text);
};

test("what a newcomer does today is in the audit log of today: each step, in order, with before and after", async ({
  page,
  daybook,
}) => {
  const today = new Date().toISOString().slice(0, 10);
  const email = `newcomer-${crypto.randomUUID().slice(0, 8)}@example.org`;
  const told = await runTool(daybook, "user", "add", email, "--role", "superuser");
  const newcomer = { email, password: /password\s+(\S+)/.exec(told)?.[1] ?? "" };
  const invited = `invited-${crypto.randomUUID().slice(0, 8)}@example.org`;

  await page.goto("/settings/security");
  await typePassword(page, newcomer);
  const secret = await enableCodes(page, newcomer);
  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in to Daybook" })).toBeVisible();
  await typePassword(page, newcomer);
  // The code of the present half minute was used to turn them on.
  await page.getByLabel("Code").fill(TOTP.generate({ secret, timestamp: Date.now() + 30_000 }));
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("button", { name: /^Account of/ })).toBeVisible();

  const mails = await mailServer(undefined, mailPort());
  await page.goto("/settings/users");
  await page.getByRole("button", { name: "Invite" }).click();
  const dialog = page.getByRole("dialog", { name: "Invite somebody" });
  await dialog.getByLabel(/^Email/).fill(invited);
  await dialog.getByLabel("Name", { exact: true }).fill("Ida Invited");
  await dialog.getByLabel(/^Role/).selectOption("auditor");
  await dialog.getByRole("button", { name: "Invite" }).click();
  await expect(page.getByRole("heading", { name: `The invitation was sent to ${invited}` })).toBeVisible();
  expect(await mails.await(invited)).toHaveLength(1);
  await mails.stop();
  await page.getByRole("row").filter({ hasText: invited }).getByRole("link", { name: "Ida" }).click();
  // The list has a filter of that name too.
  await expect(page.getByRole("heading", { name: "Ida Invited" })).toBeVisible();
  await page.getByLabel(/^Role/).selectOption("member");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText(`Saved ${invited}`)).toBeVisible();
  await page.getByRole("button", { name: "Delete" }).click();
  const deleting = page.getByRole("dialog", { name: `Delete ${invited}?` });
  await deleting.getByLabel(/^Reason/).fill("was only a try");
  await deleting.getByRole("button", { name: "Delete account" }).click();
  await expect(page).toHaveURL(/\/settings\/users$/);

  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("menuitem", { name: "Audit Log" }).click();
  await openLog(page, `/settings/audit-log?from=${today}`);
  const access = await downloadToday(page, "User Access");
  const own = workflowsOf(access.filter((row) => row["Target"] === email));
  expect(own.map(({ type }) => type)).toEqual([
    "user:login",
    "secondFactor:enrolment",
    "user:logout",
    "user:login",
  ]);
  for (const workflow of own) expectEveryStep(workflow);
  for (const { rows } of own) {
    expect(rows.map((row) => [row["Initiator"], row["InitiatorType"], row["TargetType"]])).toEqual(
      rows.map(() => [email, "tenant-user", "user"]),
    );
  }
  const [without, , , withCode] = own.map((workflow) => stateOf(workflow, "CustomValues"));
  expect(without).toMatchObject({ username: email, authenticationMethod: "password" });
  expect(withCode).toMatchObject({ username: email, sessionId: expect.any(String) });
  expect(without?.["secondFactor"]).toEqual({ configured: false, verified: null });
  expect(withCode?.["secondFactor"]).toMatchObject({ configured: true, verified: expect.anything() });

  const management = await downloadToday(page, "User Management");
  const theirs = workflowsOf(management.filter((row) => row["Target"] === invited));
  expect(theirs.map(({ type }) => type)).toEqual([
    "user:creation",
    "user:activation-email",
    "user:update",
    "user:deletion",
  ]);
  for (const workflow of theirs) {
    expectEveryStep(workflow);
    for (const row of workflow.rows) expect(row).toMatchObject({ Initiator: email, TargetType: "user" });
  }
  const [created, , updated, deleted] = theirs;
  expect(stateOf(created, "OriginalState")).toBeNull();
  expect(stateOf(created, "UpdatedState")).toMatchObject({ role: "auditor", status: "invited" });
  expect(stateOf(updated, "OriginalState")).toEqual(stateOf(created, "UpdatedState"));
  expect(stateOf(updated, "UpdatedState")).toEqual({ ...stateOf(updated, "OriginalState"), role: "member" });
  expect(stateOf(deleted, "OriginalState")).toEqual(stateOf(updated, "UpdatedState"));
  expect(stateOf(deleted, "UpdatedState")).toBeNull();
  expect(stateOf(deleted, "CustomValues")).toMatchObject({ reason: "was only a try" });
});
