import { castText, colouredScreens, shellSession } from "./casts.ts";
import { expect, test } from "./fixtures.ts";
import { hostileCasts } from "./hostile-casts.ts";
import { freshWord, position, postRecording, recorderToken, screen, upload, worked } from "./recorded.ts";

test.describe("the player", () => {
  test("shows a picture of the screen where somebody points", async ({ page }) => {
    const { connectionId } = await upload(page);
    await page.goto(`/connections/${connectionId}`);
    const preview = page.getByTestId("preview");
    await expect(preview).toHaveCount(0);
    await expect(position(page)).toHaveAttribute("aria-valuetext", "0:00 of 1:10");
    const asked = page.waitForResponse(/\/screen\?t=/);
    // The timeline moves while the terminal above gets its size.
    await expect(async () => {
      const width = (await position(page).boundingBox())?.width ?? 0;
      await position(page).hover({ position: { x: width * 0.75, y: 10 } });
      await expect(preview).toBeVisible({ timeout: 2000 });
    }).toPass();
    const answer = (await (await asked).json()) as { lines: [number, string][][] };
    expect(answer.lines.map((line) => line.map(([, text]) => text).join("")).join("\n")).toContain(
      "ann@web-1",
    );
    await expect(preview.locator("canvas")).toBeVisible();
    await expect(preview).toContainText(/^\d:\d\d$/);
    await page.mouse.move(0, 0);
    await expect(preview).toHaveCount(0);
  });

  test("is shown in its own colours, or in light or dark ones, at the same moment", async ({ page }) => {
    const { request } = page;
    const token = await recorderToken(request);
    const cast = castText({
      theme: { fg: "#102030", bg: "#a0b0c0", palette: Array(8).fill("#405060").join(":") },
      events: [
        [1, "o", `${freshWord()}\r\n`],
        [5, "o", "later"],
      ],
    });
    const { id, connectionId } = await postRecording(request, token, Buffer.from(cast), {
      user: `${freshWord()}@example.org`,
    });
    await worked(request, id);
    await page.goto(`/connections/${connectionId}?t=5`);
    const player = page.locator(".ap-player");
    await expect(screen(page)).toContainText("later");
    await expect(player).toHaveCSS("background-color", "rgb(160, 176, 192)");
    for (const [name, ground] of [
      ["Dark", "rgb(11, 12, 14)"],
      ["Light", "rgb(251, 251, 252)"],
      ["Own colours", "rgb(160, 176, 192)"],
    ] as const) {
      await page.getByRole("combobox", { name: "Colours" }).selectOption(name);
      await expect(player).toHaveCSS("background-color", ground);
      await expect(screen(page)).toContainText("later");
    }
  });

  test("says who deleted the recording that it plays", async ({ page, daybook }) => {
    const { id, connectionId } = await upload(page);
    await page.goto(`/connections/${connectionId}`);
    await expect(screen(page)).toBeVisible();
    const deleted = await page.request.delete(`/api/v1/recordings/${id}?reason=by+mistake`, {
      headers: { "sec-fetch-site": "same-origin" },
    });
    expect(deleted.ok(), await deleted.text()).toBe(true);
    await page.getByRole("checkbox", { name: /^Skip pauses/ }).uncheck();
    await expect(page.getByRole("alert").filter({ hasText: "cannot be played" })).toContainText(
      `The recording was deleted by ${daybook.admin.email}: by mistake`,
    );
  });

  test("goes from hit to hit", async ({ page }) => {
    const { connectionId } = await upload(page);
    await page.goto(`/connections/${connectionId}`);
    await page.getByRole("searchbox", { name: "Search in this recording" }).fill("ann");
    await page.keyboard.press("Enter");
    const status = page.getByRole("complementary").getByRole("status");
    await expect(status).toHaveText(/^\d+ lines$/);
    const count = Number((await status.innerText()).split(" ")[0]);
    expect(count).toBeGreaterThan(5);
    await page.keyboard.press("Enter");
    await expect(status).toHaveText(`1 of ${count} lines`);
    await page.getByRole("button", { name: "Next hit" }).click();
    await expect(status).toHaveText(`2 of ${count} lines`);
    const hits = page.getByRole("list", { name: "Search results" }).getByRole("button");
    await expect(hits.nth(1)).toHaveAttribute("aria-current", "true");
    await page.getByRole("button", { name: "Previous hit" }).click();
    await page.getByRole("button", { name: "Previous hit" }).click();
    await expect(status).toHaveText(`${count} of ${count} lines`);
    const clock = await hits.last().innerText();
    await expect(position(page)).toHaveAttribute("aria-valuetext", `${clock.split(/\s/)[0]} of 1:10`);
  });

  test("plays each recording of a connection", async ({ page }) => {
    const { request } = page;
    const token = await recorderToken(request);
    const user = `${freshWord()}@example.org`;
    const cast = (word: string) => Buffer.from(castText(shellSession(word)));
    const [one, two] = [freshWord(), freshWord()];
    const first = await postRecording(request, token, cast(one), { user });
    await worked(request, first.id);
    const second = await postRecording(
      request,
      token,
      Buffer.from(
        castText({
          events: [
            [1, "o", `${two}\r\n`],
            [2, "o", "the end"],
          ],
        }),
      ),
      { user, connection: first.connectionId, title: "the other window" },
    );
    expect(second.connectionId).toBe(first.connectionId);
    await worked(request, second.id);

    await page.goto(`/connections/${first.connectionId}?recording=${first.id}&t=50.5`);
    const choice = page.getByRole("navigation", { name: "Recordings of this connection" });
    await expect(choice.getByRole("link")).toHaveCount(2);
    await expect(screen(page)).toContainText(`web-1.${one}.example`);
    await choice.getByRole("link", { name: /the other window/ }).click();
    await expect(position(page)).toHaveAttribute("aria-valuetext", "0:00 of 0:02");
    await expect(choice.getByRole("link", { name: /the other window/ })).toHaveAttribute(
      "aria-current",
      "true",
    );
    await position(page).press("End");
    await expect(screen(page)).toContainText(two);
    await page.getByRole("navigation", { name: "Connection" }).getByRole("link", { name: "Text" }).click();
    await expect(page.getByRole("region", { name: "Text of the session" })).toContainText(two);
    await choice.getByRole("link", { name: /^1/ }).click();
    await expect(page.getByRole("region", { name: "Text of the session" })).toContainText(one);
  });

  test("draws a screen full of colours over several frames, and all of it", async ({ page }) => {
    const names = ["first", "second", "third"] as const;
    const { connectionId } = await upload(page, () => colouredScreens(names));
    await page.addInitScript(() => {
      const inFrames = new Map<unknown, number>();
      Object.assign(window, { mostInFrame: () => Math.max(...inFrames.values()) });
      new MutationObserver((changes) => {
        const frame = document.timeline.currentTime;
        for (const { target, addedNodes } of changes)
          if (target instanceof Element && target.matches(".ap-line"))
            inFrames.set(frame, (inFrames.get(frame) ?? 0) + addedNodes.length);
      }).observe(document, { childList: true, subtree: true });
    });
    const rows = screen(page).locator(".ap-line");
    const allShow = (name: string) =>
      expect(rows).toHaveText(Array.from({ length: 45 }, () => `${"abcd".repeat(36)}${name}`));

    await page.goto(`/connections/${connectionId}?t=2.5`);
    await allShow("second");
    await position(page).press("End");
    await allShow("third");
    await position(page).press("Home");
    await page.getByRole("button", { name: "Play", exact: true }).click();
    await allShow("third");
    const most = await page.evaluate(() =>
      (window as Window & { mostInFrame?: () => number }).mostInFrame?.(),
    );
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(400);
  });

  test("hostile recordings neither stop the page nor hide text", async ({ page }) => {
    test.setTimeout(600_000);
    const { request } = page;
    const token = await recorderToken(request);
    const user = `${freshWord()}@example.org`;
    const sent = [];
    for (const { cast } of hostileCasts) sent.push(await postRecording(request, token, cast(), { user }));
    for (const [place, { name, finding }] of hostileCasts.entries()) {
      const { id, connectionId } = sent[place] ?? { id: "", connectionId: "" };
      await test.step(name, async () => {
        await worked(request, id);
        await page.goto(`/connections/${connectionId}?t=2.05`);
        await page.getByRole("button", { name: "Play", exact: true }).click();
        await page.getByRole("combobox", { name: "Speed" }).selectOption("10");
        await position(page).press("End");
        const skip = page.getByRole("checkbox", { name: /^Skip pauses/ });
        await skip.uncheck();
        await expect(skip).not.toBeChecked();
        await expect(page.getByText(/wrong with this recording/)).toHaveCount(finding ? 1 : 0);
        await page
          .getByRole("navigation", { name: "Connection" })
          .getByRole("link", { name: "Text" })
          .click();
        await page.getByRole("searchbox", { name: "Search in the text" }).fill("the text is here");
        await expect(page.getByText(/^1 of \d/)).toBeVisible();
      });
    }
  });
});
