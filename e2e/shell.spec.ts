import { expect, openLog, test } from "./fixtures.ts";

test.use({ account: "sample" });

test("times are the same moment in the reader's zone and in UTC, to the microsecond", async ({ page }) => {
  await openLog(page, "/logs/commands?q=whoami&order=asc");
  const time = page.locator("[data-row] time").first();
  await expect(time).toHaveText("2026-11-21 09:45:34.105426");
  await expect(page.getByRole("columnheader", { name: /Time/ })).toContainText("Europe/Berlin");
  await page.getByRole("button", { name: "UTC", exact: true }).click();
  await expect(time).toHaveText("2026-11-21 08:45:34.105426");
  await expect(page.getByRole("columnheader", { name: /Time/ })).toContainText("UTC");
  // The server renders it so from now on; a page whose two renderings differ would fail this test.
  await page.reload();
  await expect(time).toHaveText("2026-11-21 08:45:34.105426");
});

test("keys lead to every log", async ({ page }) => {
  await openLog(page, "/logs/commands");
  for (const [key, path] of [
    ["k", "kubernetes-commands"],
    ["o", "connections"],
    ["e", "connection-events"],
    ["u", "user-events"],
    ["c", "commands"],
  ] as const) {
    await page.keyboard.press("g");
    await page.keyboard.press(key);
    await expect(page).toHaveURL(`/logs/${path}`);
    await expect(page.locator("[data-row]").first()).toBeVisible();
  }
  await page.keyboard.press("g");
  await page.keyboard.press("a");
  await expect(page).toHaveURL("/settings/audit-log");
});

test("the palette jumps to what someone did", async ({ page }) => {
  await openLog(page, "/logs/connections");
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder(/A page/).fill("user: al");
  const alice = page.getByRole("dialog").getByText("user is alice");
  await expect(alice).toBeVisible();
  await page.getByRole("group", { name: "user is alice" }).getByText("Commands", { exact: true }).click();
  await expect(page).toHaveURL("/logs/commands?user=alice");
  await expect(page.getByRole("button", { name: "User is alice", exact: true })).toBeVisible();
});

test("the palette finds a person by name, in the logs that know them", async ({ page }) => {
  await openLog(page, "/logs/user-events");
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder(/A page/).fill("nobodyuser");
  await page.getByRole("option", { name: "Connections of nobodyuser" }).click();
  await expect(page).toHaveURL("/logs/connections?user=nobodyuser");
  await expect(page.locator("[data-row]").first()).toContainText("nobodyuser");
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder(/A page/).fill("no such person at all");
  await expect(page.getByRole("option", { name: "in Commands" })).toBeVisible();
  await expect(page.getByText("Nothing by that name.")).toHaveCount(0);
});

test("? lists the keys, and Esc closes it", async ({ page }) => {
  await openLog(page, "/logs/commands");
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keyboard" })).toContainText("Clear all filters");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("colours are chosen, and chosen for the next page too", async ({ page }) => {
  await openLog(page, "/logs/commands");
  await page.getByRole("button", { name: /^Account/ }).click();
  await page.getByRole("menuitemradio", { name: "Dark" }).click();
  const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  await expect.poll(background).toBe("rgb(16, 17, 19)");
  await page.reload();
  await expect.poll(background).toBe("rgb(16, 17, 19)");
});

test.describe("a session", () => {
  test.use({ account: "nobody" });

  test("begins where one wanted to go, and ends by signing out", async ({ page, daybook }) => {
    await page.goto("/logs/connections?user=bob");
    await page.getByLabel("Email").fill(daybook.sample.email);
    await page.getByLabel("Password", { exact: true }).fill(daybook.sample.password);
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL("/logs/connections?user=bob");
    await page.getByRole("button", { name: /^Account/ }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await expect(page).toHaveURL(/\/sign-in/);
    await page.goto("/logs/commands");
    await expect(page).toHaveURL(/\/sign-in/);
  });
});

test("a page that is not there says so inside of the console", async ({ page }) => {
  await page.goto("/logs/nothing-of-the-kind");
  await expect(page.getByRole("heading", { name: "There is no such page" })).toBeVisible();
  await expect(page.getByRole("banner")).toBeVisible();
});
