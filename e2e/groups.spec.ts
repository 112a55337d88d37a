import { readFileSync } from "node:fs";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html.slice(0, 200))])).toEqual([]);
}

test("a group is made, gets a space and a member, and the access page says what comes of it", async ({
  page,
  post,
  daybook,
}) => {
  const word = `w${crypto.randomUUID().slice(0, 8)}`;
  const record = { log: "commands", time: new Date().toISOString(), user: word, target: `${word}-host` };
  await post([{ ...record, command: "true", space: `${word} space` }]);

  await page.goto("/settings/groups");
  await page.getByRole("button", { name: "Create group" }).click();
  const dialog = page.getByRole("dialog", { name: "Create a group" });
  await dialog.getByLabel("Name", { exact: true }).fill(`Group ${word}`);
  await dialog.getByLabel("these spaces").fill(`${word} space`);
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("list", { name: "these spaces" })).toContainText(`${word} space`);
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Create group" }).click();

  await expect(page.getByRole("heading", { level: 1, name: `Group ${word}` })).toBeVisible();
  await page.getByLabel("Email address").fill("nobody@example.org");
  await page.getByRole("button", { name: "Add member" }).click();
  await expect(page.getByText("There is no such user.")).toBeVisible();
  await page.getByLabel("Email address").fill(daybook.admin.email);
  await page.getByRole("button", { name: "Add member" }).click();
  const member = page.getByRole("row", { name: new RegExp(daybook.admin.email) });
  await expect(member).toContainText("sees everything anyway: a superuser");
  await page.getByLabel("and these targets, clusters among them").fill(`${word}-host`);
  await page.getByRole("button", { name: "Add target" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText(`Saved Group ${word}`)).toBeVisible();
  await expectAccessible(page);

  await page.goto("/settings/access");
  await page.getByLabel("Group").selectOption({ label: `Group ${word}` });
  await page.getByRole("button", { name: "Find" }).click();
  await expect(page).toHaveURL(/group=/);
  const row = page.getByRole("row", { name: new RegExp(daybook.admin.email) });
  await row.locator("summary:visible").click();
  await expect(
    row.getByText("As a superuser they may do everything").filter({ visible: true }),
  ).toBeVisible();
  await expectAccessible(page);
  const downloaded = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download CSV" }).click();
  const file = readFileSync(await (await downloaded).path(), "utf8");
  expect(file.startsWith('\uFEFF"Email","Name","Role"')).toBe(true);
  expect(file).toContain(`Group ${word}`);

  const invited = await page.request.post("/api/v1/users", {
    headers: { "sec-fetch-site": "same-origin" },
    data: { email: `${word}@example.org`, name: word, role: "auditor" },
  });
  expect(invited.status(), await invited.text()).toBe(201);
  await page.goto(`/settings/access?match=${word}`);
  await page.getByRole("button", { name: `Change what ${word}@example.org sees` }).click();
  const change = page.getByRole("dialog", { name: `What ${word}@example.org sees` });
  await change.getByLabel("Global scope: every space and target").click();
  await expect(change.getByText("Only what the groups name is seen")).toBeVisible();
  await change.getByRole("combobox", { name: "Group" }).selectOption({ label: `Group ${word}` });
  await change.getByRole("button", { name: "Add to group" }).click();
  await expect(change.getByRole("list", { name: "Groups" })).toContainText(`Group ${word}`);
  await expectAccessible(page);
  await change.getByRole("button", { name: "Close" }).last().click();
  const auditor = page.getByRole("row", { name: new RegExp(word) });
  await auditor.locator("summary:visible").click();
  const reason = auditor.getByText(`Group “Group ${word}” gives the space ${word} space`);
  await expect(reason.filter({ visible: true })).toBeVisible();

  await page.goto("/settings/groups");
  await page.getByRole("link", { name: `Group ${word}` }).click();
  await page.getByRole("button", { name: "Delete group" }).click();
  const asked = page.getByRole("dialog", { name: `Delete “Group ${word}”?` });
  await asked.getByLabel(/^Reason/).fill("over");
  await asked.getByRole("button", { name: "Delete group" }).click();
  await expect(page).toHaveURL(/\/settings\/groups$/);
  await expect(page.getByRole("link", { name: `Group ${word}` })).toHaveCount(0);
});
