import { readFileSync } from "node:fs";
import AxeBuilder from "@axe-core/playwright";
import type { APIRequestContext, Page } from "@playwright/test";
import pg from "pg";
import { expect, test } from "./fixtures.ts";
import type { Installation } from "./installation.ts";
import { superuserUrl } from "./own-daybook.ts";

/** A name that no other test has. */
const fresh = (text: string): string => `${text} ${crypto.randomUUID().slice(0, 8)}`;

type Made = { name: string; token: string; url: string };

/** Makes a source as a person does, and stays on its page. */
async function createSource(
  page: Page,
  kind: string,
  settings: { [title: string]: string } = {},
): Promise<Made> {
  const name = fresh("host");
  await page.goto("/settings/sources");
  await page.getByRole("link", { name: "Create source" }).click();
  await page.getByRole("radio", { name: kind, exact: true }).check();
  await page.getByRole("textbox", { name: "Name" }).fill(name);
  for (const [title, value] of Object.entries(settings)) {
    await page.getByRole("textbox", { name: new RegExp(`^${title}`) }).fill(value);
  }
  await page.getByRole("button", { name: "Create source" }).click();
  await expect(page.getByRole("heading", { name: `The token of “${name}”` })).toBeFocused();
  const token = await page.getByText(/^dbs_[0-9A-Za-z]+$/).innerText();
  const url = await page.getByText(/^http.*\/api\/v1\/ingest\/[a-z/0-9-]+$/).innerText();
  return { name, token, url };
}

async function post(
  request: APIRequestContext,
  { url, token }: Made,
  body: string,
  type = "application/x-ndjson",
) {
  return request.post(new URL(url).pathname, {
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": type,
      "idempotency-key": crypto.randomUUID(),
    },
    data: body,
  });
}

/** Gives a source a setting that is refused today: what earlier versions took must be mendable. */
async function breakTimeZone(daybook: Installation, { name }: Made): Promise<void> {
  const database = new pg.Client({ connectionString: superuserUrl(daybook) });
  await database.connect();
  const settings = { timeZone: "Mars/Olympus" };
  await database.query("UPDATE sources SET settings = $2 WHERE name = $1", [name, settings]);
  await database.end();
}

const command = (id: string, text: string): string =>
  `${JSON.stringify({ log: "commands", id, time: "2026-11-20T10:00:00Z", user: "ann", target: "web-1", command: text })}\n`;

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, ...nodes.map(({ target }) => target.join(" "))])).toEqual([]);
}

test.describe("sources", () => {
  test("a new source shows its token once, and its first record as it comes", async ({ page, request }) => {
    const made = await createSource(page, "Daybook NDJSON", { Cluster: "blue" });
    await expect(page.getByText(`Authorization: Bearer ${made.token}`).first()).toBeVisible();
    await expect(page.getByText("Waiting for the first record")).toBeVisible();
    await expectAccessible(page);

    expect((await post(request, made, command("1", "id"))).status()).toBe(200);
    await expect(page.getByText("1 record is stored")).toBeVisible();
    await expect(page.getByText("receiving", { exact: true })).toBeVisible();

    await page.getByRole("button", { name: "I have kept it" }).click();
    await expect(page.getByText(made.token)).toHaveCount(0);
    await page.reload();
    await page.getByText("How records get here").click();
    await expect(page.getByText("Authorization: Bearer <token>").first()).toBeVisible();
    expect(await page.content()).not.toContain(made.token);
    await expect(page.getByRole("definition").filter({ hasText: "blue" })).toBeVisible();
  });

  test("the list follows what comes without a reload", async ({ page, context, request }) => {
    const made = await createSource(page, "Daybook NDJSON");
    const list = await context.newPage();
    await list.goto("/settings/sources");
    const row = list.getByRole("row", { name: made.name });
    await expect(row).toContainText("never");
    await post(request, made, `${command("1", "id")}${command("1", "id")}no json\n`);
    await expect(row).toContainText("receiving");
    await expect(row.getByRole("link", { name: "1 quarantined records" })).toBeVisible();
    await expect(list.getByRole("heading", { name: "What is masked" })).toBeVisible();
    await expect(list.getByRole("row", { name: "Body of a post, as sent" })).toContainText("64 MiB");
    await expectAccessible(list);
    await list.close();
  });

  test("a name that is taken is refused beside its field", async ({ page }) => {
    const { name } = await createSource(page, "sudo");
    await page.goto("/settings/sources/new?kind=sudo");
    await page.getByRole("textbox", { name: "Name" }).fill(name);
    await page.getByRole("button", { name: "Create source" }).click();
    await expect(
      page.getByRole("alert").filter({ hasText: `There is a source named ${name} already.` }),
    ).toBeVisible();
    await expect(page.getByRole("textbox", { name: "Name" })).toHaveAttribute("aria-invalid", "true");
    await expectAccessible(page);
  });

  test("a kube-apiserver finds the source in its path", async ({ page }) => {
    const { url } = await createSource(page, "Kubernetes audit");
    const id = new URL(page.url()).pathname.split("/").at(-1);
    expect(new URL(url).pathname).toBe(`/api/v1/ingest/kubernetes-audit/${id}`);
    await expect(page.getByText(`server: ${url}`)).toBeVisible();
  });

  test("stopping refuses posts, resuming takes them, renewing ends the old token", async ({
    page,
    request,
  }) => {
    const made = await createSource(page, "Daybook NDJSON");
    const status = async (token = made.token) =>
      (await post(request, { ...made, token }, command("1", "id"))).status();

    await page.getByRole("button", { name: "Stop", exact: true }).click();
    const stop = page.getByRole("dialog", { name: `Stop “${made.name}”?` });
    await stop.getByRole("button", { name: "Stop source" }).click();
    await expect(stop).toBeVisible();
    await expectAccessible(page);
    await stop.getByRole("textbox", { name: "Reason" }).fill("moved");
    await stop.getByRole("button", { name: "Stop source" }).click();
    await expect(page.getByText("stopped", { exact: true })).toBeVisible();
    await expect.poll(() => status()).toBe(401);

    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Resume source" }).click();
    await expect(page.getByRole("button", { name: "Stop", exact: true })).toBeVisible();
    await expect.poll(() => status()).toBe(200);

    await page.getByRole("button", { name: "Renew token" }).click();
    const renew = page.getByRole("dialog", { name: `Renew the token of “${made.name}”?` });
    await renew.getByRole("textbox", { name: "Reason" }).fill("leaked");
    await renew.getByRole("button", { name: "Renew token" }).click();
    await expect(renew).toBeHidden();
    const renewed = page.getByText(/^dbs_[0-9A-Za-z]+$/);
    await expect(renewed).not.toHaveText(made.token);
    expect(await status(await renewed.innerText())).toBe(200);
    await expect.poll(() => status()).toBe(401);
  });

  test("a quarantined record is shown as text, replayed or dismissed", async ({ page, request, daybook }) => {
    const made = await createSource(page, "OpenSSH server");
    await breakTimeZone(daybook, made);
    const line =
      "2026-11-20T10:00:00.000000+00:00 web-1 sshd[7]: Accepted password for root from 203.0.113.9 port 50022 ssh2\n";
    const markup = '2026-11-20T10:00:01.000000+00:00 web-1 sshd[8]: <img src="x" alt="run"> \u202e\n';
    const answer = await post(request, made, `${line}${markup}`, "text/plain");
    expect(await answer.json()).toMatchObject({ accepted: 0, quarantined: 2 });

    const quarantine = page.getByRole("region", { name: "Quarantine" });
    await quarantine.getByRole("button", { name: "Show the newest" }).click();
    const items = quarantine.getByRole("listitem");
    await expect(items).toHaveCount(2);
    const good = items.filter({ hasText: "Accepted password" });
    const bad = items.filter({ hasText: "img src" });
    await bad.getByText("Record", { exact: true }).click();
    await expect(bad.getByText("U+202E")).toBeVisible();
    await expect(bad.getByRole("img")).toHaveCount(0);
    await expectAccessible(page);

    await good.getByRole("button", { name: "Replay" }).click();
    await expect(good.getByText("The record still cannot be understood")).toContainText("Mars/Olympus");

    await page.getByRole("button", { name: "Edit" }).click();
    await page.getByRole("dialog").getByRole("textbox", { name: "Time zone" }).fill("Europe/Rome");
    await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("definition").filter({ hasText: "Europe/Rome" })).toBeVisible();
    await good.getByRole("button", { name: "Replay" }).click();
    await expect(good.getByText("Replayed: 1 row stored")).toBeVisible();

    await bad.getByRole("button", { name: "Dismiss" }).click();
    await page.getByRole("dialog").getByRole("textbox", { name: "Reason" }).fill("a test message");
    await page.getByRole("dialog").getByRole("button", { name: "Dismiss record" }).click();
    await expect(bad.getByText("Dismissed")).toBeVisible();
    await page.reload();
    await expect(quarantine.getByText("Nothing is in quarantine")).toBeVisible();
  });

  test("a record whose id another has can be dismissed only", async ({ page, request }) => {
    const made = await createSource(page, "Daybook NDJSON");
    await post(request, made, `${command("twice", "uptime")}${command("twice", "uptime --pretty")}`);
    const quarantine = page.getByRole("region", { name: "Quarantine" });
    await quarantine.getByRole("button", { name: "Show the newest" }).click();
    const item = quarantine.getByRole("listitem").first();
    await expect(item).toContainText("another record has the id twice and other content");
    await expect(item.getByRole("button", { name: "Replay" })).toHaveCount(0);
    await item.getByRole("button", { name: "Dismiss" }).click();
    await page.getByRole("dialog").getByRole("textbox", { name: "Reason" }).fill("written twice");
    await page.getByRole("dialog").getByRole("button", { name: "Dismiss record" }).click();
    await expect(item.getByText("Dismissed")).toBeVisible();
  });

  test("JSON in quarantine is indented without a change, or as received", async ({ page, request }) => {
    const made = await createSource(page, "Daybook NDJSON");
    const record = '{"log":"commands","id":"1","n":12345678901234567890,"n":2}';
    await post(request, made, record);
    await page.getByRole("button", { name: "Show the newest" }).click();
    const quarantine = page.getByRole("region", { name: "Quarantine" });
    await quarantine.getByText("Record", { exact: true }).click();
    const shown = quarantine.getByRole("region", { name: "Record" });
    await expect(shown).toContainText('  "n": 12345678901234567890,\n  "n": 2\n', { useInnerText: true });
    await quarantine.getByRole("button", { name: "As received", exact: true }).click();
    await expect(shown).toHaveText(record);
  });

  test("a host's certificate is issued with its key once, renewed, and revoked", async ({ page }) => {
    await createSource(page, "sudo");
    await page.getByRole("button", { name: "Issue certificate" }).click();
    const dialog = page.getByRole("dialog", { name: "Issue a client certificate" });
    await dialog.getByRole("textbox", { name: "Name" }).fill("web 1");
    await dialog.getByRole("button", { name: "Issue certificate" }).click();
    await expect(dialog.getByRole("alert")).toContainText("letters, digits, dots");
    await dialog.getByRole("textbox", { name: "Name" }).fill("web-1");
    await dialog.getByRole("button", { name: "Issue certificate" }).click();
    await expect(page.getByRole("heading", { name: "The certificate of “web-1”" })).toBeFocused();
    await expect(page.getByText('Defaults log_server_peer_key="/etc/daybook/web-1.key"')).toBeVisible();
    await expectAccessible(page);
    const coming = page.waitForEvent("download");
    await page.getByRole("button", { name: "Key", exact: true }).click();
    const key = await coming;
    expect(key.suggestedFilename()).toBe("web-1.key");
    expect(readFileSync(await key.path(), "utf8")).toMatch(/^-----BEGIN PRIVATE KEY-----/);

    await page.reload();
    const listed = page.getByRole("region", { name: "Client certificates" });
    await expect(listed.getByText("good", { exact: true })).toBeVisible();
    await expect(listed.getByRole("button", { name: "Key", exact: true })).toBeHidden();
    await listed.getByRole("button", { name: "Renew the certificate of web-1" }).click();
    const renewal = page.getByRole("dialog", { name: "Renew the certificate of “web-1”?" });
    await renewal.getByRole("textbox", { name: "Reason" }).fill("its time has come");
    await renewal.getByRole("button", { name: "Renew certificate" }).click();
    await expect(listed.getByText("replaced", { exact: true })).toBeVisible();
    await listed.getByRole("button", { name: "Revoke the certificate of web-1" }).first().click();
    const revocation = page.getByRole("dialog", { name: "Revoke the certificate of “web-1”?" });
    await revocation.getByRole("textbox", { name: "Reason" }).fill("sold");
    await revocation.getByRole("button", { name: "Revoke certificate" }).click();
    await expect(listed.getByText("revoked", { exact: true })).toBeVisible();
    await page.setViewportSize({ width: 360, height: 700 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  });

  test("nothing scrolls sideways on a narrow screen", async ({ page, request }) => {
    await page.setViewportSize({ width: 360, height: 740 });
    const made = await createSource(page, "Daybook NDJSON");
    await post(request, made, `{"log":"${"x".repeat(500)}\n`);
    await page.getByRole("button", { name: "Show the newest" }).click();
    await page.getByRole("region", { name: "Quarantine" }).getByText("Record", { exact: true }).click();
    const pages = [
      page.url(),
      "/settings/sources",
      "/settings/sources/new",
      "/settings/targets",
      "/settings/targets/spaces",
    ];
    for (const url of pages) {
      if (url !== page.url()) await page.goto(url);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      expect(await page.getByRole("main").evaluate((main) => main.scrollWidth - main.clientWidth), url).toBe(
        0,
      );
    }
  });
});

test.describe("targets and spaces", () => {
  test("are made from records, found and described", async ({ page, request }) => {
    const made = await createSource(page, "Daybook NDJSON");
    const target = fresh("shop");
    const space = fresh("night");
    const event = {
      log: "connection-events",
      id: "1",
      time: "2026-11-20T10:00:00Z",
      user: "ann",
      event: "open",
    };
    await post(request, made, JSON.stringify({ ...event, connectionRef: "1", kind: "ssh", target, space }));

    for (const { path, name } of [
      { path: "/settings/targets", name: target },
      { path: "/settings/targets/spaces", name: space },
    ]) {
      await page.goto(path);
      await page.getByRole("searchbox").fill(name);
      await page.getByRole("button", { name: "Find" }).click();
      await expect(page).toHaveURL(new RegExp(`match=${name.replace(" ", "\\+")}`));
      await page.getByRole("button", { name: `Describe ${name}` }).click();
      await expectAccessible(page);
      await page.getByRole("textbox", { name: "Description" }).fill("sells at night");
      await page.getByRole("button", { name: "Save" }).click();
      await expect(page.getByRole("row", { name })).toContainText("sells at night");
      await page.reload();
      await expect(page.getByRole("row", { name })).toContainText("sells at night");
      await expectAccessible(page);
    }
  });

  test("say what is wrong with an address", async ({ page }) => {
    await page.goto("/settings/targets?colour=red");
    await expect(page.getByRole("alert").filter({ hasText: "colour" })).toContainText(
      "is no parameter of this list",
    );
  });
});
