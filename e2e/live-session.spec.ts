import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { TestAsciinema, TestProducer } from "@/lib/recordings/server/test-asciinema.ts";
import { expect, test } from "./fixtures.ts";

/** A machine of the signed-in person, as asciinema 3 knows it. */
async function machine(page: Page, url: string): Promise<{ name: string; client: TestAsciinema }> {
  const installId = crypto.randomUUID();
  const name = `laptop ${installId.slice(0, 8)}`;
  const claimed = await page.request.post("/api/v1/devices", {
    headers: { "sec-fetch-site": "same-origin" },
    data: { installId, name },
  });
  expect(claimed.ok(), await claimed.text()).toBe(true);
  return { name, client: new TestAsciinema(url, installId) };
}

const live = (page: Page) => page.getByRole("img", { name: "The terminal", exact: true });
const earlier = (page: Page) => page.getByRole("img", { name: "The terminal, at an earlier moment" });
const position = (page: Page) => page.getByRole("slider", { name: "Position" });

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html.slice(0, 200))])).toEqual([]);
}

const second = 1_000_000;

test("a session is watched as it runs, gone back in, and ended with a reason", async ({
  page,
  context,
  daybook,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const { name, client } = await machine(page, daybook.url);
  const { email } = daybook.admin;
  await page.goto(`/recordings?target=${encodeURIComponent(name)}`);
  await expect(page.getByText("No session matches.")).toBeVisible();

  // The row comes by itself.
  const stream = await client.createStream();
  const producer = await TestProducer.connect(stream.ws_producer_url, { screen: "ann@laptop:~$ " });
  producer.output("echo first words\r\nfirst words\r\nann@laptop:~$ ");
  const row = page.getByRole("row").filter({ hasText: name });
  await expect(row).toContainText("live");
  await expect(page.getByRole("navigation", { name: "People" })).toContainText("live");
  await expectAccessible(page);

  await row.getByRole("link", { name: `Watch the session of ${email} on ${name}` }).click();
  await expect(
    page.getByRole("status").filter({ hasText: "You see what is on the screen now." }),
  ).toBeVisible();
  await expect(live(page)).toContainText("first words");
  const commands = page.getByRole("list", { name: "Commands" }).getByRole("button");
  await expect(commands).toHaveCount(1);
  producer.output("uname -a\r\nLinux second words\r\nann@laptop:~$ ", 60 * second);
  await expect(live(page)).toContainText("second words");
  await expect(commands).toHaveCount(2);
  await expectAccessible(page);

  // Back to the half of it, while it goes on.
  await expect(position(page)).toHaveAttribute("aria-valuetext", /^now, [1-9]:\d\d of [1-9]:\d\d$/);
  await position(page).fill("30000");
  await expect(earlier(page)).toContainText("first words");
  await expect(earlier(page)).not.toContainText("second words");
  await expect(page.getByText("You see what was on the screen at an earlier moment.")).toBeVisible();
  await page.getByRole("button", { name: "Pause" }).click();
  producer.resize(100, 30);
  producer.output("third words\r\n");
  await expect(earlier(page)).not.toContainText("third words");
  await expectAccessible(page);
  await commands.filter({ hasText: "uname" }).click();
  await expect(position(page)).toHaveAttribute("aria-valuetext", /^1:00 of /);
  await expect(earlier(page)).toContainText("second words");
  await page.getByRole("button", { name: "Back to live" }).click();
  await expect(live(page)).toContainText("third words");
  await expect(earlier(page)).toHaveCount(0);

  // A link to a second of it shows that second to whoever opens it.
  const { origin, pathname, search } = new URL(page.url());
  await page.goto(`${origin}${pathname}${search === "" ? "?" : `${search}&`}t=30`);
  await expect(page.getByText("You see what was on the screen at an earlier moment.")).toBeVisible();
  await expect(earlier(page)).toContainText("first words");
  await expect(earlier(page)).not.toContainText("second words");
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("button", { name: "Copy a link to this second" }).click();
  await expect(page.getByText("Copied")).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/[?&]t=[3-5]\d(\.\d+)?$/);
  await page.getByRole("button", { name: "Back to live" }).click();
  await expect(live(page)).toContainText("third words");

  // The connection breaks, and comes back.
  producer.breakOff();
  await expect(page.getByText("The connection to the host is lost.")).toBeVisible();
  const again = await TestProducer.connect(stream.ws_producer_url, {
    lastId: 4,
    time: 70 * second,
    screen: "after the break\r\n",
  });
  await expect(live(page)).toContainText("after the break");
  await expect(page.getByText("You see what is on the screen now.")).toBeVisible();

  await page.getByRole("button", { name: "End session" }).click();
  const dialog = page.getByRole("dialog", { name: "End this session?" });
  await dialog.getByRole("textbox", { name: "Reason" }).fill("not on a Sunday");
  await dialog.getByRole("button", { name: "End session" }).click();
  const { code, reason } = await again.closed;
  expect(code).toBe(4000);
  expect(reason).toBe(`This session was ended by ${email}: not on a Sunday`);

  // The page turns into the replay by itself, and says why it ended.
  await expect(page.getByRole("button", { name: "Next command or marker" })).toBeVisible();
  await expect(page.getByRole("main")).toContainText(`ended by ${email}`);
  await page.goto(`/recordings?target=${encodeURIComponent(name)}`);
  await expect(row).toContainText("ready");
  await page.goto(`/recordings?target=${encodeURIComponent(name)}&live=true`);
  await expect(page.getByRole("checkbox", { name: "Live now" })).toBeChecked();
  await expect(page.getByText("No session matches.")).toBeVisible();
});
