import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { castText, shellSession } from "./casts.ts";
import { expect, test } from "./fixtures.ts";

type Uploaded = { id: string; connectionId: string; user: string };

/** Uploads recordings of one new person as a program does, and waits until they were worked out. */
async function upload(page: Page, count: number): Promise<Uploaded[]> {
  const user = `w${crypto.randomUUID().slice(0, 8)}@example.org`;
  const { request } = page;
  const made = await request.post("/api/v1/sources", {
    headers: { "sec-fetch-site": "same-origin" },
    data: { name: `Recorder of ${user}`, kind: "recordings" },
  });
  const { token } = (await made.json()) as { token: string };
  const uploaded: Uploaded[] = [];
  for (let at = 0; at < count; at++) {
    const buffer = Buffer.from(castText(shellSession(`word${at}${user.slice(1, 5)}`)));
    const answer = await request.post("/api/v1/recordings", {
      headers: { authorization: `Bearer ${token}`, cookie: "" },
      multipart: { user, target: "web-1", file: { name: "x.cast", mimeType: "text/plain", buffer } },
    });
    expect(answer.status(), await answer.text()).toBe(201);
    uploaded.push({ ...((await answer.json()) as Uploaded), user });
  }
  for (const { id } of uploaded) {
    const state = async () =>
      ((await (await request.get(`/api/v1/recordings/${id}`)).json()) as { state: string }).state;
    await expect.poll(state, { timeout: 120_000 }).toBe("ready");
  }
  return uploaded;
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html.slice(0, 200))])).toEqual([]);
}

test("how long recordings are kept is set with a reason, and seen at each", async ({ page }) => {
  const [recording] = await upload(page, 1);
  await page.goto("/settings/retention");
  await expectAccessible(page);
  const days = page.getByLabel(/^Delete recordings after/);
  const atLeast = page.getByLabel(/^Nobody can delete them before/);
  const change = page.getByRole("button", { name: "Change …" });
  await days.fill("30");
  await atLeast.fill("40");
  await change.click();
  await expect(page.getByText("the second number must not be the larger one")).toBeVisible();
  await atLeast.fill("7");
  await change.click();
  const dialog = page.getByRole("dialog", { name: "Change how long recordings are kept?" });
  await expect(dialog).toContainText(
    "Recordings are deleted after 30 days; nobody can delete one in its first 7 days.",
  );
  await dialog.getByLabel(/^Reason/).fill("policy 7");
  await dialog.getByRole("button", { name: "Change", exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText(/^\d+ recordings?, .* Set by admin/)).toBeVisible();

  await page.goto(`/connections/${recording?.connectionId}`);
  await expect(page.getByText("Deleted on")).toBeVisible();
  await expect(page.getByText("Deleted on").locator("xpath=../dd/time")).toHaveCount(1);
  await page.getByRole("button", { name: /^Delete the session of/ }).click();
  const deleting = page.getByRole("dialog", { name: "Delete this recording?" });
  await deleting.getByLabel(/^Reason/).fill("no longer needed");
  await deleting.getByRole("button", { name: "Delete recording" }).click();
  await expect(deleting.getByRole("alert")).toContainText("The recording must be kept until");

  // As it was, for the tests that delete.
  await page.goto("/settings/retention");
  await days.fill("");
  await atLeast.fill("");
  await change.click();
  await dialog.getByLabel(/^Reason/).fill("over");
  await dialog.getByRole("button", { name: "Change", exact: true }).click();
  await expect(dialog).toBeHidden();
});

test("a recording is put under a legal hold, listed, and released", async ({ page }) => {
  const [recording] = await upload(page, 1);
  await page.goto(`/connections/${recording?.connectionId}`);
  await page.getByRole("button", { name: "Hold", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Put this recording under a legal hold?" });
  await dialog.getByLabel(/^Reason/).fill("case 42");
  await dialog.getByRole("button", { name: "Hold recording" }).click();
  await expect(page.getByRole("heading", { name: "Under a legal hold", exact: true })).toBeVisible();
  await page.goto("/settings/retention");
  const item = page.getByRole("listitem").filter({ hasText: recording?.user ?? "" });
  await expect(item).toContainText("case 42");
  await expectAccessible(page);
  await item.getByRole("link").click();
  await page.getByRole("button", { name: "Release", exact: true }).click();
  const releasing = page.getByRole("dialog", { name: "Release this recording?" });
  await releasing.getByLabel(/^Reason/).fill("case closed");
  await releasing.getByRole("button", { name: "Release recording" }).click();
  await expect(page.getByRole("heading", { name: "Under a legal hold", exact: true })).toBeHidden();
});

test("selected recordings, or all that the filters match, are downloaded as one zip", async ({ page }) => {
  const uploaded = await upload(page, 3);
  const user = uploaded[0]?.user ?? "";
  await page.goto(`/recordings?user=${encodeURIComponent(user)}`);
  await page
    .getByRole("checkbox", { name: /^Select the session of/ })
    .first()
    .check();
  await page.getByRole("button", { name: "Download 1 selected" }).click();
  const selected = page.waitForEvent("download");
  await page.getByRole("button", { name: "Text with times" }).click();
  expect((await selected).suggestedFilename()).toMatch(/^recordings-\w+\.zip$/);
  await expect(page.getByText(/^1 recording, .*, complete$/)).toBeVisible();
  await page.keyboard.press("Escape");
  await page
    .getByRole("checkbox", { name: /^Select the session of/ })
    .first()
    .uncheck();
  await page.getByRole("button", { name: "Download all" }).click();
  await expectAccessible(page);
  const all = page.waitForEvent("download");
  await page.getByRole("button", { name: "asciicast, for any player" }).click();
  expect(await (await all).failure()).toBeNull();
  await expect(page.getByText(/^3 recordings, .*, complete$/)).toBeVisible();
});
