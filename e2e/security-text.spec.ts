import type { Page } from "@playwright/test";
import Papa from "papaparse";
import { unguardFormula } from "@/lib/logs/formula-guard.ts";
import { type LogSlug, logView } from "@/lib/logs/views.ts";
import { expect, openLog, test } from "./fixtures.ts";
import { logs, mark, named, names, records, texts, time } from "./hostile-records.ts";

// Its name puts it behind the tests of logs that are empty.

/** Nothing of the text became a part of the page, or ran; and nothing that turns or hides text is in it. */
async function expectHarmless(page: Page, where: string): Promise<void> {
  const found = await page.evaluate(() => ({
    hurt: Reflect.get(globalThis, "hurt") ?? null,
    made: document.querySelectorAll(
      "img, iframe, object, embed, [onerror], [onload], [onfocus], b, [href^='javascript:' i], [src^='javascript:' i]",
    ).length,
    unseen: /(?![\n\t])[\p{Cc}\p{Cf}]/u.exec(document.body.innerText)?.[0] ?? null,
    title: document.title,
  }));
  expect(found, where).toEqual({
    hurt: null,
    made: 0,
    unseen: null,
    title: expect.stringContaining("Daybook"),
  });
}

function pathOf(log: string, search: URLSearchParams | string): string {
  return `${log === "audit-log" ? "/settings/audit-log" : `/logs/${log}`}?${search}`;
}

test.beforeAll(({ post }) => post(records));

for (const [log, { filter }] of Object.entries(logs)) {
  test(`hostile text is text in ${log}, its rows' drawers and its exports`, async ({ page, request }) => {
    const columns = Object.keys(logView(log as LogSlug).columns).join(",");
    const search = new URLSearchParams({ [`${filter}~`]: mark, columns });
    await openLog(page, pathOf(log, search));
    const rows = page.locator("[data-row]");
    await expect(rows).toHaveCount(names.length);
    await expectHarmless(page, "table");
    await expect(page.getByRole("grid")).toContainText("U+202E");
    await expect(page.getByRole("grid")).toContainText("\\x1b[31mred");
    await expect(page.getByRole("grid")).toContainText(texts.image);

    for (const [at, name] of names.toReversed().entries()) {
      await expect(rows.nth(at)).toContainText(wordOf(name));
      await page.keyboard.press("j");
      await page.keyboard.press("Enter");
      const drawer = page.getByRole("dialog");
      await expect(drawer.getByRole("definition").first()).toBeVisible();
      if (log !== "connections") {
        await expect(drawer.getByRole("region", { name: "Record as received" })).toBeVisible();
      }
      await expectHarmless(page, `drawer of ${name}`);
      await page.keyboard.press("Escape");
      await expect(drawer).toBeHidden();
      await rows.nth(at).getByRole("gridcell").nth(3).hover();
    }
    await expectHarmless(page, "a cell's actions");

    const all = new URLSearchParams({ [`${filter}~`]: mark, order: "asc" });
    const exported = async (format: string) => {
      const answer = await request.get(`/api/v1/logs/${log}/export?${all}&format=${format}`);
      expect(answer.headers()["content-disposition"]).toMatch(/^attachment; filename="[\w-]+\.\w+"$/);
      expect(answer.headers()["x-content-type-options"]).toBe("nosniff");
      expect(answer.headers()["content-type"]).not.toContain("html");
      return await answer.text();
    };
    const userColumn = filter === "initiator" ? "initiator" : "user";
    const expected = names.map((name) => named(name).replaceAll("\0", "\u2400"));
    const json = JSON.parse(await exported("json")) as { [column: string]: string }[];
    expect(json.map((row) => row[userColumn])).toEqual(expected);
    const csv = Papa.parse<string[]>(await exported("csv")).data.slice(1, -1);
    const cells = csv.flat();
    for (const text of expected) expect(cells.map(unguardFormula)).toContain(text);
    expect(cells.filter((cell) => /^[=+\-@]/.test(cell))).toEqual([]);
  });
}

/** What of a text is seen as it is. */
function wordOf(name: keyof typeof texts): string {
  const words: { [name in keyof typeof texts]?: string } = {
    terminal: "[31mred",
    direction: "gnp.exe",
    nul: "before␀after",
    lines: "Set-Cookie",
  };
  return words[name] ?? texts[name];
}

test("hostile text is text in filters, the palette, saved views and settings", async ({
  page,
  request,
  daybook,
}) => {
  await openLog(page, "/logs/commands");
  await page.keyboard.press("+");
  await page.keyboard.type("user");
  await page.keyboard.press("Enter");
  await page.getByPlaceholder("Type to find values").fill(mark);
  await expect(page.getByRole("option").filter({ hasText: "U+202E" })).toBeVisible();
  await expectHarmless(page, "offered values");

  const headers = { origin: daybook.url, "sec-fetch-site": "same-origin" };
  const name = `${texts.image} \u202e ${mark}`;
  const made = [
    await request.post("/api/v1/saved-views", {
      headers,
      data: { log: "commands", name, query: `user~=${mark}` },
    }),
    await request.post("/api/v1/sources", { headers, data: { name, kind: "native" } }),
    await request.post("/api/v1/tokens", {
      headers,
      data: { name, scopes: ["logs:read"], expiresInDays: 1 },
    }),
  ];
  expect(made.map((answer) => answer.status())).toEqual([201, 201, 201]);

  const typings = {
    "user: gnp.exe": "U+202E",
    [mark]: "U+202E",
    [texts.image]: "Search for",
    [texts.link]: "in Commands",
  };
  for (const [typed, seen] of Object.entries(typings)) {
    await openLog(page, pathOf("commands", new URLSearchParams({ user: named("direction") })));
    await page.keyboard.press("Control+k");
    await page.getByPlaceholder(/A page/).fill(typed);
    await expect(page.getByRole("dialog").getByText(seen).first()).toBeVisible();
    await expectHarmless(page, `palette with ${typed}`);
  }
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Saved views" }).click();
  await expect(page.getByText(mark).first()).toBeVisible();
  await expectHarmless(page, "saved views");

  for (const path of [
    `/settings/targets?match=${encodeURIComponent(texts.image)}`,
    "/settings/targets/spaces",
    "/settings/sources",
    "/settings/tokens",
    pathOf("kubernetes-commands", new URLSearchParams({ "user~": mark })),
    `/logs/commands?${encodeURIComponent(texts.image)}=${encodeURIComponent(`${texts.image}\u202e`)}`,
    `/sign-in?next=${encodeURIComponent(texts.link)}`,
    `/${encodeURIComponent(texts.image)}`,
  ]) {
    await page.goto(path);
    await expect(page.getByRole("heading").first()).toBeVisible();
    await expectHarmless(page, path);
  }
});

test("a command of 100 kB is one row, and whole in its drawer", async ({ page, post }) => {
  const user = `long ${mark}`;
  await openLog(page, pathOf("commands", new URLSearchParams({ user })));
  const command = `echo ${"x".repeat(100_000)} ${texts.image}`;
  // It comes while somebody looks.
  await post([{ log: "commands", time: time(0), user, target: "web-1", command }]);
  const row = page.locator("[data-row]");
  await expect(row).toHaveCount(1);
  expect((await row.boundingBox())?.height).toBeLessThan(64);
  await row.click();
  const drawer = page.getByRole("dialog");
  await expect(drawer.getByRole("definition").filter({ hasText: texts.image })).toBeVisible();
  for (const part of [page.locator("html"), drawer]) {
    expect(await part.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
  }
  await expectHarmless(page, "drawer");
});
