import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { expect, fresh, type NativeRecord, openLog, openRow, test } from "./fixtures.ts";

/** Commands of one user, a second apart, the last one now. */
function commandsOf(user: string, count: number): NativeRecord[] {
  const now = Date.now();
  return Array.from({ length: count }, (_, step) => ({
    log: "commands",
    id: `${user} ${step}`,
    time: new Date(now - (count - 1 - step) * 1000).toISOString(),
    user,
    target: "web-1",
    command: `command ${step}`,
  }));
}

function oneNow(user: string, command: string): NativeRecord {
  return {
    log: "commands",
    id: `${user} ${command}`,
    time: new Date().toISOString(),
    user,
    target: "web-1",
    command,
  };
}

const firstRow = (page: Page) => page.locator('[data-position="0"]');
const grid = (page: Page) => page.getByRole("grid");

test("an empty log says how its first record gets there", async ({ page }) => {
  await openLog(page, "/logs/kubernetes-api-calls");
  await expect(page.getByText("No Kubernetes API calls yet.")).toBeVisible();
  await expect(page.getByText("/api/v1/ingest/native")).toBeVisible();
  await page.getByRole("link", { name: "Settings → Sources" }).click();
  await expect(page).toHaveURL("/settings/sources");
});

test("rows slide in at the top, and are counted while one reads further down", async ({ page, post }) => {
  const user = fresh("live");
  await post(commandsOf(user, 120));
  await openLog(page, `/logs/commands?user=${user}`);
  await expect(firstRow(page)).toContainText("command 119");
  await post([oneNow(user, "first"), oneNow(fresh("somebody else"), "elsewhere")]);
  await expect(firstRow(page)).toContainText("first");
  await expect(page.getByText("elsewhere")).toHaveCount(0);

  await grid(page).evaluate((element) => {
    element.scrollTop = 1000;
  });
  const read = page.getByRole("gridcell", { name: "command 80" });
  await expect(read).toBeInViewport();
  const before = await read.boundingBox();
  await post([oneNow(user, "second"), oneNow(user, "third")]);
  const pill = page.getByRole("button", { name: "2 new" });
  await expect(pill).toBeVisible();
  expect(await read.boundingBox()).toEqual(before);
  await pill.click();
  await expect(firstRow(page)).toContainText(/second|third/);
  await expect.poll(() => grid(page).evaluate((element) => element.scrollTop)).toBe(0);
});

test("pausing keeps new rows out until they are wanted", async ({ page, post }) => {
  const user = fresh("paused");
  await post(commandsOf(user, 3));
  await openLog(page, `/logs/commands?user=${user}`);
  await page.getByRole("button", { name: /^Live/ }).click();
  await post([oneNow(user, "waiting")]);
  await expect(page.getByRole("button", { name: "1 new" })).toBeVisible();
  await expect(firstRow(page)).toContainText("command 2");
  await page.getByRole("button", { name: /^Paused/ }).click();
  await expect(firstRow(page)).toContainText("waiting");
});

test("a row that comes late stands where its time belongs", async ({ page, post }) => {
  const user = fresh("late");
  const [first, , third] = commandsOf(user, 3);
  const late = commandsOf(user, 3)[1];
  if (!first || !third || !late) throw new Error("three commands");
  await post([first, third]);
  await openLog(page, `/logs/commands?user=${user}`);
  await expect(page.locator("[data-row]")).toHaveCount(2);
  await post([
    {
      ...late,
      time: new Date((Date.parse(String(first.time)) + Date.parse(String(third.time))) / 2).toISOString(),
    },
  ]);
  await expect(page.locator("[data-row]")).toHaveText([/command 2/, /command 1/, /command 0/]);
});

/** Commands of one user in June 2024, a minute apart. */
function oldCommandsOf(user: string, count: number): NativeRecord[] {
  return Array.from({ length: count }, (_, step) => ({
    log: "commands",
    id: `${user} old ${step}`,
    time: new Date(Date.UTC(2024, 5, 1, 12, step)).toISOString(),
    user,
    target: "web-1",
    command: `old ${step}`,
  }));
}

test("rows with times older than those on screen are announced, and brought to sight", async ({
  page,
  post,
}) => {
  const user = fresh("backfill");
  await post(commandsOf(user, 80));
  await openLog(page, `/logs/commands?user=${user}`);
  await expect(firstRow(page)).toContainText("command 79");
  await grid(page).evaluate((element) => element.scrollTo({ top: 1400 }));
  await expect(page.getByRole("gridcell", { name: "command 40" })).toBeVisible();
  await expect(page.getByText("End of 80 rows.")).toBeAttached();
  await grid(page).evaluate((element) => element.scrollTo({ top: 0 }));
  // Once the first row is drawn again the list knows that it is at its top.
  await expect(firstRow(page)).toContainText("command 79");

  await post([...oldCommandsOf(user, 12), oneNow(user, "newest")]);
  await expect(firstRow(page)).toContainText("newest");
  const pill = page.getByRole("button", { name: "12 new, older than these" });
  await expect(pill).toBeVisible();
  await pill.click();
  await expect(page.getByRole("gridcell", { name: "old 11" })).toBeInViewport();
  await expect(pill).toHaveCount(0);
});

test("older rows that are not listed yet are shown in their own span of time", async ({ page, post }) => {
  const user = fresh("deep");
  await post(commandsOf(user, 600));
  await openLog(page, `/logs/commands?user=${user}`);
  await expect(firstRow(page)).toContainText("command 599");
  await post(oldCommandsOf(user, 3));
  await page.getByRole("button", { name: "3 new, older than these" }).click();
  await expect(page.locator("[data-row]")).toHaveText([/old 2/, /old 1/, /old 0/]);
  await expect(page).toHaveURL(/from=2024-06-01T12:00:00.000000Z/);
  await page.goBack();
  await expect(firstRow(page)).toContainText("command 599");
});

test("rows scrolled to by oneself are no longer announced", async ({ page, post }) => {
  const user = fresh("walker");
  await post(commandsOf(user, 80));
  await openLog(page, `/logs/commands?user=${user}`);
  await grid(page).evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
  await expect(page.getByText("End of 80 rows.")).toBeVisible();
  await grid(page).evaluate((element) => element.scrollTo({ top: 0 }));
  await expect(firstRow(page)).toContainText("command 79");
  await post(oldCommandsOf(user, 2));
  const pill = page.getByRole("button", { name: "2 new, older than these" });
  await expect(pill).toBeVisible();
  await grid(page).evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
  await expect(page.getByRole("gridcell", { name: "old 0" })).toBeInViewport();
  await expect(pill).toHaveCount(0);
});

test("a connection that closes leaves the list of open ones, shown as closed first", async ({
  page,
  post,
}) => {
  const user = fresh("leaver");
  const now = Date.now();
  const event = (connectionRef: string, name: string, ageMs: number): NativeRecord => ({
    log: "connection-events",
    time: new Date(now - ageMs).toISOString(),
    user,
    target: `host of ${connectionRef}`,
    kind: "ssh",
    connectionRef: `${user} ${connectionRef}`,
    event: name,
  });
  await post([event("first", "open", 60_000), event("second", "open", 50_000)]);
  await openLog(page, `/logs/connections?user=${user}&status=opened`);
  const rows = page.locator("[data-row]");
  await expect(rows).toHaveText([/second/, /first/]);
  await openRow(rows.filter({ hasText: "host of first" }));
  const drawer = page.getByRole("dialog");
  await expect(drawer.getByText("opened", { exact: true })).toBeVisible();
  await post([event("first", "closed", 1000)]);
  await expect(rows.filter({ hasText: "host of first" }).getByText("closed")).toBeVisible();
  await expect(drawer.getByText("closed", { exact: true })).toBeVisible();
  await expect(rows).toHaveText([/second/]);
});

test("the volume follows what arrives", async ({ page, post }) => {
  const user = fresh("volume");
  await post(commandsOf(user, 3));
  await openLog(page, `/logs/commands?user=${user}`);
  const accepted = page.getByRole("button", { name: /^accepted/ });
  await expect(accepted).toHaveText("accepted3");
  await post([oneNow(user, "fourth")]);
  await expect(accepted).toHaveText("accepted4");
  await post([oneNow(user, "fifth")]);
  await expect(accepted).toHaveText("accepted5");
});

test("a row that arrives can be read from its first moment on", async ({ page, post }) => {
  const user = fresh("contrast");
  await post(commandsOf(user, 2));
  await openLog(page, `/logs/commands?user=${user}`);
  // One of the animations is over in a moment: what they change is noted as they start.
  await page.evaluate(() => {
    const noted = new Promise<string[]>((resolve) => {
      document.addEventListener("animationstart", ({ target }) => {
        if (!(target instanceof Element) || !target.matches("[data-row].arrived")) return;
        const effects = target.getAnimations().map(({ effect }) => effect);
        const frames = effects.flatMap((one) => (one instanceof KeyframeEffect ? one.getKeyframes() : []));
        resolve(frames.flatMap((frame) => Object.keys(frame)));
      });
    });
    Reflect.set(window, "noted", noted);
  });
  await post([oneNow(user, "arriving")]);
  const properties = await page.evaluate(() => Reflect.get(window, "noted") as Promise<string[]>);
  expect(properties).toContain("translate");
  expect(properties).not.toContain("opacity");
});

test("thousands of rows scroll by in a bounded part, and come back the same", async ({ page, post }) => {
  const user = fresh("many");
  for (let batch = 0; batch < 4; batch += 1) {
    const records = commandsOf(user, 1000).map((record) => ({
      ...record,
      id: `${record["id"]} ${batch}`,
      time: new Date(Date.parse(String(record.time)) - batch * 1_000_000).toISOString(),
    }));
    await post(records);
  }
  await openLog(page, `/logs/commands?user=${user}`);
  const top = await firstRow(page).textContent();
  const rowHeight = 32;
  await expect(async () => {
    await grid(page).evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
    await expect(page.getByText("End of 4,000 rows.")).toBeVisible({ timeout: 300 });
  }).toPass({ intervals: [50] });
  expect(await page.locator("[data-row]").count()).toBeLessThan(80);
  expect(await grid(page).evaluate((element) => element.scrollHeight)).toBeGreaterThan(4000 * rowHeight);
  await grid(page).evaluate((element) => element.scrollTo({ top: 0 }));
  await expect(firstRow(page)).toHaveText(top ?? "");
});

test("an export holds all that the filters match, and its hash proves it", async ({ page, post }) => {
  const user = fresh("export");
  await post(commandsOf(user, 321));
  await openLog(page, `/logs/commands?user=${user}`);
  await page.getByRole("button", { name: "Export", exact: true }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: /^NDJSON/ }).click(),
  ]);
  const bytes = readFileSync(await download.path());
  expect(bytes.toString("utf8").trimEnd().split("\n")).toHaveLength(321);
  await expect(page.getByText(/^321 rows, .* complete$/)).toBeVisible();
  await expect(page.getByText(createHash("sha256").update(bytes).digest("hex"))).toBeVisible();
});
