import { createHash } from "node:crypto";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import pg from "pg";
import { castText, shellSession } from "./casts.ts";
import { expect, openLog, test } from "./fixtures.ts";
import { superuserUrl } from "./own-daybook.ts";
import { freshWord, position, screen, upload } from "./recorded.ts";

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html.slice(0, 200))])).toEqual([]);
}

test.describe("session recordings", () => {
  test("a person's session is found from the top bar, and plays", async ({ page }) => {
    const { id, user, connectionId } = await upload(page);
    await page.goto("/logs/commands");
    await page
      .getByRole("navigation", { name: "Main" })
      .getByRole("link", { name: "Session Recordings" })
      .click();
    await page.getByRole("navigation", { name: "People" }).getByRole("link", { name: user }).click();
    await expect(page).toHaveURL(`/recordings?user=${encodeURIComponent(user)}`);
    const row = page.getByRole("row").filter({ hasText: "web-1" });
    await expect(row).toHaveCount(1);
    await expect(row).toContainText("1 min 10 s");
    await expect(row).toContainText("ready");
    await expectAccessible(page);

    await row.getByRole("link", { name: /^Play/ }).click();
    await expect(page).toHaveURL(`/connections/${connectionId}?recording=${id}`);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(`${user} on web-1 as root`);
    await page.getByRole("button", { name: "Play", exact: true }).click();
    await expect(screen(page)).toContainText("first");
    await expect(page.getByRole("button", { name: "Pause" })).toBeVisible();
    await page.keyboard.press("Space");
    await expect(page.getByRole("button", { name: "Play", exact: true })).toBeVisible();
    await expectAccessible(page);
  });

  for (const { title, skipping } of [
    { title: "with pauses skipped", skipping: true },
    { title: "with pauses as they were", skipping: false },
  ]) {
    test(`a link lands on its second ${title}`, async ({ page }) => {
      const { connectionId, word } = await upload(page);
      await page.goto(`/connections/${connectionId}?t=50.5`);
      await expect(screen(page)).toContainText(`web-1.${word}.example`);
      await expect(position(page)).toHaveAttribute("aria-valuetext", "0:50 of 1:10");
      const skip = page.getByRole("checkbox", { name: "Skip pauses over 2 s" });
      await expect(skip).toBeChecked();
      const mostNow = async () => Number(await position(page).getAttribute("max"));
      await expect.poll(mostNow).toBeLessThan(35_000);
      const most = await mostNow();
      if (!skipping) {
        await skip.uncheck();
        await expect(position(page)).toHaveAttribute("max", "70000");
      }
      await expect(position(page)).toHaveAttribute("aria-valuetext", "0:50 of 1:10");
      await expect(screen(page)).toContainText(`web-1.${word}.example`);
      await expect(screen(page)).not.toContainText("restarted-at-the-end");

      // In the middle of a pause: the next prompt is not there yet.
      await page.goto(`/connections/${connectionId}?t=20`);
      await expect(screen(page)).toContainText("sleep 40");
      if (!skipping) await skip.uncheck();
      await expect(position(page)).toHaveAttribute("max", skipping ? String(most) : "70000");
      await expect(position(page)).toHaveAttribute("aria-valuetext", "0:20 of 1:10");
      await expect(screen(page)).toContainText("sleep 40");
      const prompts = async () => (await screen(page).innerText()).match(/ann@web-1/g)?.length;
      await expect.poll(prompts).toBe(2);
    });
  }

  test("commands follow and seek, also from their log", async ({ page }) => {
    const { connectionId, user } = await upload(page);
    await page.goto(`/connections/${connectionId}`);
    const commands = page.getByRole("list", { name: "Commands" }).getByRole("button");
    await expect(commands).toContainText([
      "echo",
      "sleep 40",
      "vi notes.txt",
      "cat /etc/hostname",
      "systemctl restart nginx",
      "exit",
    ]);
    await commands.filter({ hasText: "systemctl" }).click();
    await expect(position(page)).toHaveAttribute("aria-valuetext", "1:05 of 1:10");
    await expect(screen(page)).toContainText("systemctl restart nginx");
    await expect(commands.filter({ hasText: "systemctl" })).toHaveAttribute("aria-current", "true");
    await page.keyboard.press("[");
    await expect(position(page)).toHaveAttribute("aria-valuetext", /^(1:00|0:50) of/);

    await openLog(page, `/logs/commands?user=${encodeURIComponent(user)}`);
    await page
      .getByRole("row")
      .filter({ hasText: "systemctl restart nginx" })
      .getByRole("link", { name: "Replay at 1:05" })
      .click();
    await expect(page).toHaveURL(new RegExp(`/connections/${connectionId}\\?t=65`));
    await expect(position(page)).toHaveAttribute("aria-valuetext", "1:05 of 1:10");
  });

  test("words are found in one recording and in all, and a hit plays its second", async ({ page }) => {
    const { connectionId, word } = await upload(page);
    await page.goto("/recordings?q=%25");
    await expect(page.getByText("“%” holds none")).toBeVisible();
    await page.goto(`/recordings?q=${word}&live=true`);
    await expect(page.getByText(`No recording shows “${word}”.`)).toBeVisible();
    await page.goto("/recordings");
    await expect(page.locator('datalist option[value="web-1"]')).toHaveCount(1);
    await page.getByRole("searchbox", { name: "Search in all recordings" }).fill(`${word} example`);
    await page.keyboard.press("Enter");
    const hits = page.getByRole("region", { name: "Search results" }).getByRole("listitem");
    await expect(hits).toHaveCount(1);
    await expect(hits).toContainText(`web-1.${word}.example`);
    await expectAccessible(page);
    await hits.getByRole("link").click();
    await expect(page).toHaveURL(new RegExp(`/connections/${connectionId}\\?recording=[^&]*&t=50`));
    await expect(screen(page)).toContainText(`web-1.${word}.example`);

    await page.getByRole("searchbox", { name: "Search in this recording" }).fill("restarted");
    await page.keyboard.press("Enter");
    const found = page.getByRole("list", { name: "Search results" }).getByRole("button");
    await expect(found).toHaveCount(1);
    await found.click();
    await expect(position(page)).toHaveAttribute("aria-valuetext", "1:06 of 1:10");
    await expect(screen(page)).toContainText("restarted-at-the-end");

    await page.goto(`/connections/${connectionId}?tab=events`);
    const readers = page.getByRole("region", { name: /^Who watched/ }).getByRole("listitem");
    await expect(readers.filter({ hasText: `${word} example` })).toContainText("recording:found");
    await expect(readers.filter({ hasText: "restarted" })).toContainText("recording:found");
  });

  test("the text is searched and leads to its second; events tell who read it", async ({ page }) => {
    const { id, connectionId, word } = await upload(page);
    await page.goto(`/connections/${connectionId}?tab=text`);
    const text = page.getByRole("region", { name: "Text of the session" });
    await expect(text).toContainText(`first ${word}`);
    await page.getByRole("searchbox", { name: "Search in the text" }).fill("restarted-AT");
    await expect(page.getByText("1 of 1")).toBeVisible();
    await expectAccessible(page);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Download text" }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/\.txt$/);

    await page.getByRole("navigation", { name: "Connection" }).getByRole("link", { name: "Events" }).click();
    await expect(page.getByRole("region", { name: "Connection events" }).getByRole("listitem")).toHaveText([
      /open/,
      /closed.*the recording ended/,
    ]);
    await expect(page.getByRole("region", { name: "Size of the terminal" })).toContainText("100 × 30");
    const bytes = castText(shellSession(word));
    const received = page.getByRole("region", { name: "Recording", exact: true });
    await expect(received).toContainText("asciicast-v2");
    await expect(received).toContainText(`(${bytes.length} bytes)`);
    await expect(received).toContainText(createHash("sha256").update(bytes).digest("hex"));
    await expect(page.getByRole("region", { name: /^Who watched/ })).toContainText("recording:read");
    await expectAccessible(page);
    await openLog(page, `/settings/audit-log?targetId=${id}`);
    await expect(page.getByRole("gridcell", { name: "recording:read", exact: true }).first()).toBeVisible();
  });

  test("an asciinema installation is claimed by whom it belongs to", async ({ page }) => {
    const installId = crypto.randomUUID();
    const name = `laptop ${freshWord()}`;
    await page.goto(`/connect/${installId}`);
    await expectAccessible(page);
    await page.getByRole("textbox", { name: "Name of the machine" }).fill(name);
    await page.getByRole("button", { name: "This is my machine" }).click();
    await expect(page.getByText("This installation is yours now.")).toBeVisible();
    await page.reload();
    await expect(page.getByText("This installation is yours already.")).toBeVisible();

    const authorization = `Basic ${Buffer.from(`ann:${installId}`).toString("base64")}`;
    const answer = await page.request.post("/api/asciicasts", {
      headers: { authorization },
      multipart: {
        asciicast: {
          name: "ascii.cast",
          mimeType: "application/octet-stream",
          buffer: Buffer.from(castText(shellSession(freshWord()))),
        },
      },
    });
    expect(answer.status(), await answer.text()).toBe(201);
    await page.goto(`/recordings?target=${encodeURIComponent(name)}`);
    await expect(
      page.getByRole("link", { name: new RegExp(`^Play the session of .* on ${name}`) }),
    ).toBeVisible();

    await page.goto("/settings/tokens");
    await page.getByRole("button", { name: `Revoke ${name}` }).click();
    const dialog = page.getByRole("dialog", { name: `Revoke “${name}”?` });
    await dialog.getByRole("textbox", { name: "Reason" }).fill("sold");
    await dialog.getByRole("button", { name: "Revoke device" }).click();
    await expect(page.getByRole("listitem").filter({ hasText: name })).toContainText("revoked");
    const refused = await page.request.post("/api/asciicasts", { headers: { authorization }, multipart: {} });
    expect(refused.status()).toBe(401);
    await page.goto(`/connect/${installId}`);
    await expect(page.getByText("belongs to somebody else, or was revoked")).toBeVisible();
  });

  test("deleting asks for a reason and leaves a tombstone", async ({ page }) => {
    const { user, connectionId } = await upload(page);
    await page.goto(`/recordings?user=${encodeURIComponent(user)}`);
    await page.getByRole("button", { name: /^Delete the session of/ }).click();
    const dialog = page.getByRole("dialog", { name: "Delete this recording?" });
    await expectAccessible(page);
    await dialog.getByRole("button", { name: "Delete recording" }).click();
    await expect(dialog).toBeVisible();
    await dialog.getByRole("textbox", { name: "Reason" }).fill("recorded by mistake");
    await dialog.getByRole("button", { name: "Delete recording" }).click();
    await expect(page.getByText("No session matches.")).toBeVisible();
    await page.goto(`/connections/${connectionId}`);
    await expect(page.getByRole("heading", { name: "Deleted" })).toBeVisible();
    await expect(page.getByText("recorded by mistake")).toBeVisible();
  });

  test("what is under a hold stays, and the dialog says why", async ({ page, daybook }) => {
    const { id, user } = await upload(page);
    const database = new pg.Client({ connectionString: superuserUrl(daybook) });
    await database.connect();
    await database.query("UPDATE recordings SET hold = true WHERE id = $1", [id]);
    await database.end();
    await page.goto(`/recordings?user=${encodeURIComponent(user)}`);
    await page.getByRole("button", { name: /^Delete the session of/ }).click();
    const dialog = page.getByRole("dialog", { name: "Delete this recording?" });
    await dialog.getByRole("textbox", { name: "Reason" }).fill("tidying up");
    await dialog.getByRole("button", { name: "Delete recording" }).click();
    await expect(dialog.getByRole("alert")).toHaveText(
      "The recording is under a legal hold and cannot be deleted.",
    );
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await expect(page.getByRole("link", { name: /^Play the session of/ })).toBeVisible();
  });

  test("is shared with an auditor up to a day, and taken back", async ({ page, daybook }) => {
    const { connectionId } = await upload(page);
    const email = `outside-${crypto.randomUUID().slice(0, 8)}@example.org`;
    const database = new pg.Client({ connectionString: superuserUrl(daybook) });
    await database.connect();
    await database.query(
      `INSERT INTO users (id, organization_id, email, name, role, shared_only)
       SELECT gen_random_uuid(), organization_id, $2, $2, 'auditor', true FROM users WHERE email = $1`,
      [daybook.admin.email, email],
    );
    await database.end();
    await page.goto(`/connections/${connectionId}?tab=events`);
    await page.getByRole("button", { name: "Share", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: /^Share the session of/ });
    await dialog.getByRole("combobox", { name: "Auditor" }).selectOption(email);
    await dialog.getByRole("textbox", { name: "Reason" }).fill("the yearly audit");
    await dialog.getByLabel("Until").fill("2020-01-01");
    await dialog.getByRole("button", { name: "Share session" }).click();
    await expect(dialog.getByRole("alert")).toContainText("must not be over");
    const day = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    await dialog.getByLabel("Until").fill(day);
    await expectAccessible(page);
    await dialog.getByRole("button", { name: "Share session" }).click();
    await expect(dialog.getByRole("listitem").filter({ hasText: email })).toContainText(`until ${day} (UTC)`);
    await dialog.getByRole("button", { name: `Take back the share with ${email}` }).click();
    const ending = page.getByRole("dialog", { name: `Take back the share with ${email}?` });
    await ending.getByRole("textbox", { name: "Reason" }).fill("the audit is over");
    await ending.getByRole("button", { name: "Take back", exact: true }).click();
    await expect(dialog.getByRole("listitem").filter({ hasText: email })).toContainText("revoked");
    await dialog.getByRole("button", { name: "Close" }).click();
    await expect(page.getByRole("region", { name: "Shared with" })).toContainText("taken back");
  });

  test("an address that says nothing is named", async ({ page }) => {
    const { connectionId } = await upload(page);
    await page.goto(`/connections/${connectionId}?t=later&tab=sound`);
    await expect(
      page.getByRole("alert").filter({ hasText: "must be seconds of the recording" }),
    ).toContainText("must be one of video, text, events");
    await page.goto("/recordings?last=ever&colour=red");
    await expect(page.getByRole("alert").filter({ hasText: "colour" })).toContainText("must be a span");
    await page.goto(`/connections/${crypto.randomUUID()}`);
    await expect(page.getByRole("heading", { name: "There is no such page" })).toBeVisible();
  });
});

test.describe("recordings at 360 pixels", () => {
  test.use({ viewport: { width: 360, height: 740 } });

  test("nothing scrolls sideways but the terminal", async ({ page }) => {
    const { user, connectionId } = await upload(page);
    for (const path of [
      "/recordings",
      `/recordings?user=${encodeURIComponent(user)}`,
      `/connections/${connectionId}`,
      `/connections/${connectionId}?tab=text`,
      `/connections/${connectionId}?tab=events`,
    ]) {
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expect(page.getByText(/^(Reading|Loading)/)).toHaveCount(0);
      const beyond = () => page.getByRole("main").evaluate((main) => main.scrollWidth - main.clientWidth);
      await expect.poll(beyond, path).toBe(0);
      await expectAccessible(page);
    }
  });
});
