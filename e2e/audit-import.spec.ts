import { createHash, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";

const header =
  "Id,TenantId,Timestamp,WorkflowId,WorkflowType,EventType,EventDescription,Initiator,InitiatorType,InitiatorId,Target,TargetType,TargetId,OperationStatus,CustomValues,OriginalState,UpdatedState";

/** The rows of one workflow, as a download has them. */
function workflow(target: string): string[] {
  const workflowId = randomUUID();
  return [
    ["upserting", "Adding or updating asset", "inProgress"],
    ["upserted", "Added or updated asset", "success"],
  ].map(
    ([verb, says, status], at) =>
      `${randomUUID()},${randomUUID()},2026-11-01T10:00:00.00000${at}Z,${workflowId},epbasset:upsert,epbasset:${verb},${says} ${target},ann@example.org,vsa-user,,${target},epbAsset,,${status},"{""hostname"": ""${target}""}",,`,
  );
}

async function choose(page: Page, name: string, lines: readonly string[]): Promise<Buffer> {
  const buffer = Buffer.from(`${lines.join("\n")}\n`);
  await page.getByLabel("CSV file").setInputFiles({ name, mimeType: "text/csv", buffer });
  return buffer;
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html.slice(0, 200))])).toEqual([]);
}

test("a file is checked, corrected, imported and imported again", async ({ page }) => {
  const target = `asset-${randomUUID().slice(0, 8)}`;
  const [first = "", second = ""] = workflow(target);
  await page.goto("/settings/audit-log/import");
  const check = page.getByRole("button", { name: "Check the file" });

  await choose(page, "bad.csv", [
    header,
    first,
    first.replace("Adding", "Changing"),
    second.replace("success", "perhaps"),
    second.replace("2026-11-01T", "yesterday "),
  ]);
  await expect(page.getByText("The file has the 17 columns, in their order.")).toBeVisible();
  await check.click();
  await expect(page.getByRole("status").getByText("4 rows: 1 new, 0 here already, 3 bad.")).toBeVisible();
  const faults = page.getByRole("region", { name: "Faults" });
  await expect(faults.getByRole("row").filter({ hasText: "stands on line 2 already" })).toContainText("Id");
  await expect(faults.getByRole("row", { name: /^4 OperationStatus/ })).toBeVisible();
  await expect(faults.getByRole("row", { name: /^5 Timestamp must be an ISO 8601 time/ })).toBeVisible();
  await expect(page.getByRole("button", { name: /^Import/ })).toHaveCount(0);
  await expectAccessible(page);
  const downloading = page.waitForEvent("download");
  await faults.getByRole("button", { name: "Download all faults" }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe("bad-faults.csv");
  const listed = await readFile(await download.path(), "utf8");
  expect(listed.split("\r\n")).toHaveLength(5);
  expect(listed).toMatch(/^"Line","Column","Reason"\r\n"3","Id",/);

  const good = await choose(page, "good.csv", [header, first, second]);
  await check.click();
  await page.getByRole("button", { name: "Import 2 rows" }).click();
  await expect(page.getByText("Imported good.csv: 2 rows, 2 added, 0 here already.")).toBeVisible();
  await expect(page.getByText(createHash("sha256").update(good).digest("hex"))).toBeVisible();
  await expectAccessible(page);

  await choose(page, "good.csv", [header, first, second]);
  await check.click();
  await expect(page.getByText("2 rows: 0 new, 2 here already, 0 bad.")).toBeVisible();
  await expect(page.getByText("There is nothing to import.")).toBeVisible();

  await page.goto(`/settings/audit-log?target=${target}`);
  await expect(page.locator("[data-row]")).toHaveCount(2);
});

test("columns of other names are said which they are", async ({ page }) => {
  const target = `asset-${randomUUID().slice(0, 8)}`;
  const [first = ""] = workflow(target);
  await page.goto("/settings/audit-log/import");
  await choose(page, "other.csv", [
    header.replace("Id,", "Event,").replace("Timestamp", "time_stamp"),
    first,
  ]);
  await expect(page.getByText("Id needs a column of the file.")).toBeVisible();
  await expectAccessible(page);
  const check = page.getByRole("button", { name: "Check the file" });
  await expect(check).toBeDisabled();
  await expect(page.getByRole("combobox", { name: "Timestamp needed" })).toHaveValue("2");
  await page.getByRole("combobox", { name: "Id needed", exact: true }).selectOption("Event");
  await check.click();
  await expect(page.getByText("1 row: 1 new, 0 here already, 0 bad.")).toBeVisible();
});

test("the reference is reached from the audit log, and says what is captured where", async ({ page }) => {
  await page.goto("/settings/audit-log");
  const more = page.getByRole("navigation", { name: "More about the audit log" });
  await expect(more.getByRole("link", { name: "Import" })).toBeVisible();
  await more.getByRole("link", { name: "Reference" }).click();
  await expect(page.getByRole("heading", { name: "Audit log reference" })).toBeVisible();
  const creation = page
    .getByRole("article")
    .filter({ has: page.getByRole("heading", { name: "User Creation" }) });
  await expect(creation).toContainText("user:creation-failed");
  await expect(creation).toContainText("CustomValues.creationStatus attempting, creating, created, failed");
  await expectAccessible(page);
});

test.describe("on a small screen", () => {
  test.use({ viewport: { width: 360, height: 740 } });
  test("nothing scrolls sideways", async ({ page }) => {
    await page.goto("/settings/audit-log/import");
    await choose(page, "other.csv", ["Event,x", "1,2"]);
    await expect(page.getByText("OperationStatus need a column of the file")).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  });
});
