import { expect, openLog, openRow, test } from "./fixtures.ts";

test.use({ account: "sample" });

const rows = "[data-row]";

test.describe("filters", () => {
  test("narrow by real values, are in the address, and are cleared with one key", async ({ page }) => {
    await openLog(page, "/logs/commands");
    await page.keyboard.press("+");
    await page.keyboard.type("user");
    await page.keyboard.press("Enter");
    const bob = page.getByRole("option", { name: /^bob/ });
    await expect(bob).toContainText(/\d/);
    await bob.click();
    await expect(page).toHaveURL("/logs/commands?user=bob");
    await page.keyboard.press("Escape");
    await expect(page.locator(rows).first()).toContainText("bob");
    await expect(page.getByRole("gridcell", { name: "alice" })).toHaveCount(0);

    await openLog(page, "/logs/commands?user=bob");
    await expect(page.getByRole("button", { name: "User is bob", exact: true })).toBeVisible();
    await expect(page.getByRole("gridcell", { name: "alice" })).toHaveCount(0);

    await page.keyboard.press("Backspace");
    await expect(page).toHaveURL("/logs/commands");
    await expect(page.getByRole("gridcell", { name: "alice" }).first()).toBeVisible();
  });

  test("come from a cell, by mouse and by key", async ({ page }) => {
    await openLog(page, "/logs/commands");
    await page.getByRole("gridcell", { name: "bob" }).first().hover();
    await page.getByRole("button", { name: "Filter out (x)" }).click();
    await expect(page).toHaveURL("/logs/commands?user!=bob");
    await expect(page.getByRole("gridcell", { name: "bob" })).toHaveCount(0);
    await expect(page.locator(rows).first()).toContainText("alice");

    await page.keyboard.press("j");
    for (const _ of ["time", "user"]) await page.keyboard.press("ArrowRight");
    await page.keyboard.press("f");
    await expect(page).toHaveURL("/logs/commands?user!=bob&user=alice");
  });

  test("change their way of asking in the chip", async ({ page }) => {
    await openLog(page, "/logs/commands?user=bob");
    await page.getByRole("button", { name: "User is bob", exact: true }).click();
    await page.getByLabel("How User is compared").selectOption("is not");
    await expect(page).toHaveURL("/logs/commands?user!=bob");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Remove the filter User is not bob" }).click();
    await expect(page).toHaveURL("/logs/commands");
  });

  test("search the text, and say when nothing matches", async ({ page }) => {
    await openLog(page, "/logs/commands");
    await page.keyboard.press("/");
    await page.keyboard.type("whoami");
    await expect(page).toHaveURL("/logs/commands?q~=whoami");
    await expect(page.locator(rows).first()).toContainText("whoami");
    await page.getByRole("searchbox").fill("no such command");
    await expect(page.getByText("Nothing matches these filters.")).toBeVisible();
    await page.getByRole("button", { name: "Clear all filters" }).click();
    await expect(page.locator(rows).first()).toBeVisible();
  });

  test("that are not understood list nothing, and are named with the reason", async ({ page }) => {
    await page.goto("/logs/commands?user=bob&outcome=maybe&from=yesterday");
    const notice = page.getByRole("alert").filter({ hasText: "not understood" });
    await expect(notice).toContainText("outcome");
    await expect(notice).toContainText("must be one of accepted, rejected");
    await expect(notice).toContainText("must be a UTC time");
    await expect(page.locator(rows)).toHaveCount(0);
    await page.getByRole("link", { name: "Leave them out" }).click();
    await expect(page).toHaveURL("/logs/commands?user=bob");
    await expect(page.locator(rows).first()).toContainText("bob");
  });
});

test.describe("the drawer", () => {
  test("follows the rows, is named by the address, and closes by going back", async ({ page }) => {
    await openLog(page, "/logs/commands");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    const drawer = page.getByRole("dialog");
    await expect(drawer.getByRole("definition").first()).toBeVisible();
    await expect(drawer.getByRole("heading").first()).toBeFocused();
    const first = page.url();
    await page.keyboard.press("j");
    await expect(page).not.toHaveURL(first);
    const second = page.url();
    await page.reload();
    await expect(drawer.getByText("Record", { exact: true })).toBeVisible();
    await expect(page).toHaveURL(second);
    await page.goBack();
    await expect(drawer).toBeHidden();
    await expect(page).toHaveURL("/logs/commands");
    await openRow(page.locator(rows).nth(2));
    await expect(drawer).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(drawer).toBeHidden();
    await expect(page).toHaveURL("/logs/commands");
  });

  test("shows the record as it was received, repeated keys and all", async ({ page }) => {
    await openLog(page, "/logs/commands?user=alice&q=head");
    await openRow(page.locator(rows).first());
    const record = page.getByRole("region", { name: "Record as received" });
    await expect(record).toContainText("iso8601");
    await record.getByRole("button", { name: "As received" }).click();
    await expect(record.locator("pre")).toContainText("\n");
    await expect(page.getByRole("dialog")).toContainText("From vm (sudo)");
    await expect(page.getByRole("dialog")).toContainText("before Daybook received it");
  });

  test("opens by a press anywhere in a row: a cell's actions do not come up under a quick one", async ({
    page,
  }) => {
    await openLog(page, "/logs/connections");
    // The moment for which actions wait lasts until the end of this test.
    const browser = await page.context().newCDPSession(page);
    await browser.send("Animation.enable");
    await browser.send("Animation.setPlaybackRate", { playbackRate: 0 });
    const status = page.getByRole("gridcell", { name: "closed" }).first();
    await status.hover();
    await expect(status.getByRole("button", { name: "Copy (c)", includeHidden: true })).toBeAttached();
    await status.click();
    await expect(page.getByRole("dialog").getByRole("region", { name: "Related" })).toBeAttached();
  });

  test("offers API calls of connections that can have made some", async ({ page }) => {
    const related = page.getByRole("dialog").getByRole("region", { name: "Related" });
    for (const [kind, calls] of [
      ["ssh", 0],
      ["kubernetes", 1],
    ] as const) {
      await openLog(page, `/logs/connections?kind=${kind}`);
      await openRow(page.locator(rows).first());
      await expect(related.getByRole("button", { name: "Events" })).toBeVisible();
      await expect(related.getByRole("button", { name: "API calls" })).toHaveCount(calls);
    }
  });

  test("leads on: from a command to its connection, from there to its events", async ({ page }) => {
    await openLog(page, "/logs/commands?user=bob");
    await openRow(page.locator(rows).first());
    const related = page.getByRole("dialog").getByRole("region", { name: "Related" });
    await related.getByText("Connection", { exact: true }).click();
    await expect(related.getByRole("listitem")).toContainText(["lab/default/web-1/app"]);
    await related.getByRole("link", { name: /Show all/ }).click();
    await expect(page).toHaveURL(/\/logs\/connections\?connection=/);
    await page.getByRole("gridcell").getByRole("link").first().click();
    await expect(page).toHaveURL(/\/connections\/[0-9a-f-]+$/);
    await expect(page.getByRole("heading", { name: "Not recorded" })).toBeVisible();
    await page.getByRole("navigation", { name: "Connection" }).getByRole("link", { name: "Events" }).click();
    await page.getByRole("link", { name: /Connection events$/ }).click();
    await expect(page).toHaveURL(/\/logs\/connection-events\?connection=/);
    await expect(page.locator(rows)).toHaveCount(2);
  });
});

test.describe("columns", () => {
  test("are kept for their reader, and an address goes first", async ({ page }) => {
    await openLog(page, "/logs/commands");
    await page.getByRole("button", { name: "Columns" }).click();
    await page.getByRole("checkbox", { name: "Outcome" }).check();
    await page.getByRole("checkbox", { name: "Space" }).uncheck();
    await page.reload();
    await expect(page.getByRole("columnheader", { name: "Outcome" })).toBeVisible();
    await expect(page.getByRole("columnheader", { name: "Space" })).toHaveCount(0);
    await openLog(page, "/logs/commands?columns=command,time");
    await expect(page.getByRole("columnheader")).toHaveText([/^Command$/, /^Time/]);
  });
});

test("a saved view is opened and deleted", async ({ page }) => {
  await openLog(page, "/logs/commands?user!=bob&order=asc");
  await page.getByRole("button", { name: "Saved views" }).click();
  await page.getByLabel("Save what is shown as").fill("Not bob");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Saved as “Not bob”")).toBeVisible();
  await openLog(page, "/logs/commands");
  await page.getByRole("button", { name: "Saved views" }).click();
  await page.getByRole("button", { name: "Not bob", exact: true }).click();
  await expect(page).toHaveURL("/logs/commands?user!=bob&order=asc");
  await page.getByRole("button", { name: "Saved views" }).click();
  await page.getByRole("button", { name: "Delete the saved view Not bob" }).click();
  await expect(page.getByText("No saved views of this log yet.")).toBeVisible();
});

test("the volume is zoomed into with the keyboard", async ({ page }) => {
  await openLog(page, "/logs/kubernetes-api-calls");
  const chart = page.getByRole("slider");
  await chart.focus();
  await page.keyboard.press("Home");
  await expect(chart).toHaveAttribute("aria-valuetext", /^2026-/);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Shift+End");
  await expect(chart).toHaveAttribute("aria-valuetext", /^2026-.* Europe\/Berlin: \d/);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\?from=2026-.*&to=2026-/);
  await expect(page.locator(rows).first()).toBeVisible();
});

test("categories of the audit log are offered, recorded or not, and several may be chosen", async ({
  page,
}) => {
  await openLog(page, "/settings/audit-log");
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  // The form above has categories too.
  const offered = page.getByRole("listbox");
  await offered.getByRole("option", { name: "Category", exact: true }).click();
  await offered.getByRole("option", { name: /^User Access/ }).click();
  await offered.getByRole("option", { name: /^Restore Operations/ }).click();
  await expect(page).toHaveURL(/category=User\+Access&category=Restore\+Operations/);
});

test("a Kubernetes command opens its API calls in place", async ({ page }) => {
  await openLog(page, "/logs/kubernetes-commands?q=exec&origin=inferred");
  const row = page.locator(rows).first();
  await row.getByRole("button", { name: /API calls/ }).click();
  const calls = page.getByRole("dialog", { name: /API calls$/ });
  await expect(calls.getByRole("listitem").first()).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(calls).toBeHidden();
  await expect(page).toHaveURL("/logs/kubernetes-commands?q=exec&origin=inferred");
  await row.getByRole("button", { name: /API calls/ }).click();
  await calls.getByRole("link", { name: /Show all/ }).click();
  await expect(page).toHaveURL(/\/logs\/kubernetes-api-calls\?command=/);
});
