import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, openLog, openRow, test } from "./fixtures.ts";

test.use({ account: "sample" });

const pages = [
  "/logs/commands",
  "/logs/kubernetes-commands",
  "/logs/kubernetes-api-calls",
  "/logs/connections",
  "/logs/connection-events",
  "/logs/user-events",
  "/settings/audit-log",
] as const;

async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).analyze();
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(" | ")}`);
}

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme });

    for (const path of pages) {
      test(`${path} has no fault that axe knows of`, async ({ page }) => {
        await openLog(page, path);
        await expect(page.locator("[data-row]").first()).toBeVisible();
        await expect(page.getByRole("slider")).toHaveAttribute("aria-valuetext", "nothing chosen");
        expect(await violations(page)).toEqual([]);
      });
    }

    test("nor have the drawer, a filter's panel, the palette and the keys", async ({ page }) => {
      await openLog(page, "/logs/commands?user!=nobody");
      await openRow(page.locator("[data-row]").first());
      await expect(page.getByRole("region", { name: "Record as received" })).toBeVisible();
      expect(await violations(page)).toEqual([]);
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "User is not nobody", exact: true }).click();
      await expect(page.getByRole("listbox").getByRole("option").first()).toBeVisible();
      expect(await violations(page)).toEqual([]);
      await page.keyboard.press("Escape");
      await page.keyboard.press("Control+k");
      await expect(page.getByRole("listbox").getByRole("option").first()).toBeVisible();
      expect(await violations(page)).toEqual([]);
      await page.keyboard.press("Escape");
      await expect(page.getByRole("dialog")).toHaveCount(0);
      await page.keyboard.press("?");
      await expect(page.getByRole("dialog", { name: "Keyboard" })).toBeVisible();
      expect(await violations(page)).toEqual([]);
    });
  });
}

test("nor has a list in which nothing matches", async ({ page }) => {
  await openLog(page, "/logs/commands?user=nobody-of-this-name");
  await expect(page.getByRole("button", { name: "Clear all filters" })).toBeVisible();
  expect(await violations(page)).toEqual([]);
});

test.describe("at 360 pixels", () => {
  test.use({ viewport: { width: 360, height: 740 } });

  for (const path of pages) {
    test(`${path} folds into two lines and scrolls in one direction`, async ({ page }) => {
      await openLog(page, path);
      const row = page.locator("[data-row]").first();
      await expect(row).toBeVisible();
      await expect.poll(async () => (await row.boundingBox())?.height).toBe(52);
      const wider = () =>
        page.evaluate(
          () =>
            [document.documentElement, ...document.querySelectorAll("main, [role=grid]")].filter(
              (element) => element.scrollWidth > element.clientWidth,
            ).length,
        );
      await expect.poll(wider).toBe(0);
      // That the page was opened is a new row of the user events: it comes when it comes, and moves the others.
      await page.getByRole("button", { name: /^Live/ }).click();
      await openRow(row);
      await expect(page.getByRole("dialog")).toBeVisible();
      expect(
        await page.evaluate(() => document.querySelector("dialog[open]")?.scrollWidth),
      ).toBeLessThanOrEqual(360);
      expect(await violations(page)).toEqual([]);
    });
  }
});
