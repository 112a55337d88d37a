import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "./fixtures.ts";

// A session with a database, from its record to its page.

test("a database session lists its queries, failed ones apart, and opens at a second", async ({
  page,
  post,
}) => {
  const user = `dora ${crypto.randomUUID().slice(0, 8)}`;
  const who = { user, target: "shop-db", kind: "database", connectionRef: user };
  const at = (second: number): string => `2026-11-20T10:00:0${second}.000000Z`;
  const query = { log: "session-requests", ...who };
  await post([
    { log: "connection-events", ...who, time: at(0), event: "open" },
    { ...query, time: at(1), request: "SELECT 1", outcome: "success", durationUs: 1500 },
    { ...query, time: at(2), request: "SELEC", outcome: "failure", error: "syntax error", code: "42601" },
    { ...query, time: at(3), request: "SELECT pg_sleep(2)", outcome: "success", durationUs: 2_000_000 },
    { log: "connection-events", ...who, time: at(6), event: "closed" },
  ]);
  await page.goto(`/recordings?kind=database&user=${encodeURIComponent(user)}`);
  await page.getByRole("table").getByRole("rowheader").getByRole("link").click();
  const rows = page.getByRole("grid", { name: "Queries" }).locator("[data-row]");
  await expect(rows).toHaveCount(3);
  await expect(rows.first()).toContainText("SELECT 1");
  await expect(rows.last().getByLabel("slow")).toBeVisible();
  const found = await new AxeBuilder({ page }).analyze();
  expect(found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);

  await page.getByRole("button", { name: "Failed and denied" }).click();
  await expect(rows).toHaveCount(1);
  await expect(rows.first()).toContainText("syntax error");

  const address = new URL(page.url()).pathname;
  await page.goto(`${address}?t=2.5`);
  await expect(page.getByRole("dialog")).toContainText("SELECT pg_sleep(2)");
  await expect(rows).toHaveCount(1);

  await page.goto(`${address}?tab=text`);
  await expect(page.getByText("SELEC [failure; 42601; syntax error]")).toBeVisible();
  await page.goto(`${address}?tab=events`);
  await expect(page.getByRole("region", { name: /Who watched/ })).toContainText("recording:played");
});
