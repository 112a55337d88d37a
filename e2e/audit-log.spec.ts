import { readFile } from "node:fs/promises";
import AxeBuilder from "@axe-core/playwright";
import type { APIRequestContext, Page } from "@playwright/test";
import Papa from "papaparse";
import { unguardFormula } from "@/lib/logs/formula-guard.ts";
import { auditLog } from "@/lib/logs/views/audit-log.ts";
import { expect, type NativeRecord, openLog, openRow, test } from "./fixtures.ts";

/** Describes a new target: a workflow with a state before and after. @returns the target's name */
async function describeTarget(
  request: APIRequestContext,
  origin: string,
  post: (records: NativeRecord[]) => Promise<void>,
): Promise<string> {
  const target = `audited ${Date.now()} <b>bold</b>`;
  const record = {
    log: "connection-events",
    time: new Date().toISOString(),
    user: "ann",
    target,
    targetUser: "root",
    kind: "ssh",
    connectionRef: target,
    event: "open",
  };
  await post([record]);
  const found = await request.get(`/api/v1/targets?${new URLSearchParams({ match: target })}`);
  const { targets } = (await found.json()) as { targets: { id: string; name: string }[] };
  const id = targets.find(({ name }) => name === target)?.id;
  const changed = await request.patch(`/api/v1/targets/${id}`, {
    data: { description: "=what it is for" },
    headers: { origin },
  });
  expect(changed.status()).toBe(204);
  return target;
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200))}`)).toEqual(
    [],
  );
}

const field = (page: Page, name: RegExp) => page.getByRole("textbox", { name });

test("the form names what is wrong on the field, and brings the focus there", async ({ page }) => {
  await openLog(page, "/settings/audit-log");
  const category = page.getByRole("combobox", { name: "Event Category" });
  const from = field(page, /^From Date/);
  const to = field(page, /^To Date/);
  // The page may be of the day before by the time that it is looked at.
  const days = [86_400_000, 0].map((ago) => new Date(Date.now() - ago).toISOString().slice(0, 10));
  expect(days).toContain(await from.inputValue());
  await expect(page.getByText("From Date UTC")).toBeVisible();
  const download = page.getByRole("button", { name: "Download CSV File" });
  await download.click();
  await expect(category).toBeFocused();
  await expect(category).toHaveAccessibleDescription("Choose an event category.");
  await expectAccessible(page);
  await category.selectOption("User Access");
  await from.fill("2026-02-30");
  await download.click();
  await expect(from).toBeFocused();
  await expect(from).toHaveAccessibleDescription("There is no day 2026-02-30 in the calendar.");
  await from.fill("2026/3/2");
  await to.fill("2026-03-01");
  await expect(from, "as Daybook writes it").toHaveValue("2026-03-02");
  await download.click();
  await expect(to).toBeFocused();
  await expect(to).toHaveAccessibleDescription("To Date must not be before From Date, 2026-03-02.");
  await expect(from).toHaveAttribute("aria-invalid", "false");
});

test("a category of two days is downloaded: the rows below, 17 columns, nothing cut off", async ({
  page,
  request,
  daybook,
  post,
}) => {
  const target = await describeTarget(request, daybook.url, post);
  await openLog(page, "/settings/audit-log");
  await page.getByRole("combobox", { name: "Event Category" }).selectOption("Targets & Spaces");
  await expect(page.getByText("Listed below.")).toBeVisible();
  const today = await field(page, /^To Date/).inputValue();
  // Picked by keyboard: the day before.
  await page.getByRole("button", { name: "Pick From Date" }).press("Enter");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Enter");
  const yesterday = new Date(Date.parse(today) - 86_400_000).toISOString().slice(0, 10);
  await expect(field(page, /^From Date/)).toHaveValue(yesterday);
  await expect(page).toHaveURL(new RegExp(`category=Targets.*from=${yesterday}`));
  await expect(page.getByText(/^\d+ events?\.$/)).toBeVisible();

  const waiting = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download CSV File" }).click();
  const download = await waiting;
  expect(download.suggestedFilename()).toBe(`audit-log_targets-spaces_${yesterday}_${today}.csv`);
  const file = await readFile(await download.path(), "utf8");
  const { data } = Papa.parse<string[]>(file, { skipEmptyLines: true });
  const [headers, ...rows] = data;
  expect(headers).toEqual(Object.values(auditLog.columns).map(({ header }) => header));
  await expect(page.getByText(new RegExp(`^${rows.length} rows, .*, complete$`))).toBeVisible();
  expect(rows.flat().filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([]);

  const newest = rows.at(-1)?.[2] ?? "";
  const asked = new URLSearchParams({
    category: "Targets & Spaces",
    from: yesterday,
    order: "asc",
    limit: "200",
  });
  const answer = await request.get(`/api/v1/logs/audit-log?${asked}`);
  const listed = ((await answer.json()) as { rows: { [field: string]: string | null }[] }).rows;
  const known = listed.filter((row) => String(row["time"]) <= newest);
  expect(known.length).toBe(rows.length);
  expect(rows.map((row) => row.map(unguardFormula))).toEqual(
    known.map((row) => Object.keys(auditLog.columns).map((name) => row[name] ?? "")),
  );
  expect(rows.some((row) => row.includes(target))).toBe(true);
});

test("a workflow is one entry that opens into its steps, with what changed", async ({
  page,
  request,
  daybook,
  post,
}) => {
  const target = await describeTarget(request, daybook.url, post);
  await openLog(page, `/settings/audit-log?${new URLSearchParams({ target })}`);
  await page.getByRole("button", { name: "Workflows" }).click();
  await expect(page).toHaveURL(/group=workflow/);
  const rows = page.locator("[data-row]");
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText("Target Update");
  await expect(rows).toContainText(target);
  await expect(rows).toContainText("success");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  const drawer = page.getByRole("dialog");
  await expect(drawer).toContainText("Target Update");
  await expect(drawer.getByRole("list", { name: "Steps" }).locator("> li")).toHaveCount(2);
  await expectAccessible(page);
  const difference = drawer.getByRole("region", { name: "Before and after" });
  await expect(difference).toContainText("1 difference");
  await expect(difference.locator("ins")).toContainText('"=what it is for"');
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(drawer).toBeHidden();
  await page.goBack();
  await expect(page).not.toHaveURL(/timeline=/);

  await openLog(page, `/settings/audit-log?${new URLSearchParams({ target })}`);
  await openRow(rows.first());
  await expect(drawer.getByRole("region", { name: "Before and after" })).toBeVisible();
  await drawer.getByRole("button", { name: "Show workflow" }).click();
  await expect(drawer.getByRole("list", { name: "Steps" }).locator("> li")).toHaveCount(2);
});

test("a workflow of more steps than are shown says how it ended, and how many there are", async ({
  page,
  post,
}) => {
  const workflowId = crypto.randomUUID();
  const begun = Date.now() - 60_000;
  const step = (at: number, eventType: string, operationStatus: string): NativeRecord => ({
    log: "audit-log",
    time: new Date(begun + at * 10).toISOString(),
    workflowId,
    workflowType: "epbreport:upsert",
    eventType,
    initiator: "reporter",
    initiatorType: "system",
    target: "Monthly",
    operationStatus,
  });
  const steps = Array.from({ length: 120 }, (_, at) => step(at, "epbreport:upserting", "inProgress"));
  await post([...steps, step(120, "epbreport:upserted", "warning")]);
  await openLog(page, `/settings/audit-log?timeline=${workflowId}`);
  const drawer = page.getByRole("dialog");
  await expect(drawer).toContainText("121, the first 100 below");
  await expect(drawer.locator("dl")).toContainText("warning");
  await expect(drawer.locator("dl")).toContainText("1.2 s");
  await drawer.getByRole("button", { name: "More steps" }).click();
  await expect(drawer.getByRole("list", { name: "Steps" }).locator("> li")).toHaveCount(121);
  await expect(drawer).not.toContainText("the first 100 below");
});

test("CustomValues are copied as JSON on lines", async ({ page, request, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const exported = await request.get(
    "/api/v1/logs/audit-log/export?category=Reporting&from=2026-01-01&to=2026-01-01",
  );
  const id = exported.headers()["x-export-id"] ?? "";
  await exported.text();
  await openLog(page, `/settings/audit-log?targetId=${id}&eventType=export:created`);
  await openRow(page.locator("[data-row]").first());
  await page.getByRole("button", { name: "Copy CustomValues as JSON" }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(JSON.parse(copied)).toMatchObject({ category: "Reporting", from: "2026-01-01", rows: 0 });
  expect(copied).toContain('\n  "category": "Reporting"');
});
