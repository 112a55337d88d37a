import { readFileSync } from "node:fs";
import AxeBuilder from "@axe-core/playwright";
import type { Browser, Page } from "@playwright/test";
import { Secret, TOTP } from "otpauth";
import decodeQR from "qr/decode.js";
import { awaitHydration, expect, test } from "./fixtures.ts";
import type { Account, Installation } from "./installation.ts";
import { apiOf, runTool } from "./own-daybook.ts";

test.use({ account: "nobody" });

async function newAuditor(daybook: Installation, name: string): Promise<Account> {
  const email = `${name}-${Date.now()}@example.org`;
  const told = await runTool(daybook, "user", "add", email, "--role", "auditor");
  const [, password] = /password\s+(\S+)/.exec(told) ?? [];
  if (password === undefined) throw new Error(told);
  return { email, password };
}

async function typePassword(page: Page, { email, password }: Account): Promise<void> {
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in to Daybook" })).toBeVisible();
}

/** What a camera reads from the page: the modules as they are drawn. */
async function readQr(page: Page): Promise<string> {
  const svg = page.getByRole("img", { name: /QR code/ });
  const size = Number((await svg.getAttribute("viewBox"))?.split(" ")[2]);
  const path = (await svg.locator("path").getAttribute("d")) ?? "";
  const scale = 4;
  const data = new Uint8Array(size * scale * size * scale * 4).fill(255);
  for (const [, x, y] of path.matchAll(/M(\d+) (\d+)h1v1h-1z/g)) {
    for (let dot = 0; dot < scale * scale; dot++) {
      const row = Number(y) * scale + Math.floor(dot / scale);
      const at = (row * size * scale + Number(x) * scale + (dot % scale)) * 4;
      data.fill(0, at, at + 3);
    }
  }
  return decodeQR({ width: size * scale, height: size * scale, data });
}

/** Of the next step: that of the present one was used a moment ago. */
function nextCode(secret: string): string {
  return TOTP.generate({ secret: Secret.fromBase32(secret), timestamp: Date.now() + 30_000 });
}

async function turnOn(page: Page, { password }: Account): Promise<{ secret: string; codes: string[] }> {
  await page.getByLabel("Your password").fill(password);
  await page.getByRole("button", { name: "Go on", exact: true }).click();
  const uri = new URL(await readQr(page));
  const secret = uri.searchParams.get("secret") ?? "";
  const shown = (await page.locator("[data-secret]").textContent()) ?? "";
  expect(shown.replaceAll(" ", "")).toBe(secret);
  expect(await violations(page)).toEqual([]);
  await page.getByLabel("Code from the app").fill(TOTP.generate({ secret: Secret.fromBase32(secret) }));
  await page.getByRole("button", { name: "Turn on" }).click();
  const list = page.getByRole("list", { name: "Recovery codes" }).getByRole("listitem");
  await expect(list).toHaveCount(10);
  return { secret, codes: await list.allTextContents() };
}

async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).analyze();
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(" | ")}`);
}

test("a person turns codes on, and signs in with one and with a recovery code", async ({ page, daybook }) => {
  const person = await newAuditor(daybook, "codes");
  await page.goto("/settings/security");
  await typePassword(page, person);
  await expect(page.getByRole("heading", { name: "Security" })).toBeVisible();
  await page.getByRole("button", { name: "Set up" }).click();
  const { secret, codes } = await turnOn(page, person);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download" }).click(),
  ]);
  const kept = readFileSync(await download.path(), "utf8");
  for (const code of codes) expect(kept).toContain(code);
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: "I have kept them" }).click();
  await expect(page.getByText("10 of 10 recovery codes are left")).toBeVisible();

  await signOut(page);
  await typePassword(page, person);
  const code = page.getByLabel("Code");
  await expect(code).toBeFocused();
  expect(await violations(page)).toEqual([]);
  await code.fill("000000");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByText(/^The code is not right/)).toBeVisible();
  await code.fill(nextCode(secret));
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("button", { name: /^Account of/ })).toBeVisible();

  await signOut(page);
  await typePassword(page, person);
  await page.getByLabel("Code").fill(codes[4] ?? "");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "Security" }).click();
  await expect(page.getByText("9 of 10 recovery codes are left")).toBeVisible();
  await expect(page.getByText("this one")).toHaveCount(1);
  expect(await violations(page)).toEqual([]);

  await page.getByRole("button", { name: "Remove …" }).click();
  await page.getByLabel(/or a recovery code/).fill(codes[5] ?? "");
  await page.getByRole("button", { name: "Remove", exact: true }).click();
  await expect(page.getByRole("button", { name: "Set up" })).toBeVisible();
});

/** A second browser of the same person. */
async function elsewhere(browser: Browser, daybook: Installation, person: Account): Promise<Page> {
  const context = await browser.newContext({ baseURL: daybook.url });
  await awaitHydration(context, daybook);
  const page = await context.newPage();
  await page.goto("/logs/commands");
  await typePassword(page, person);
  await expect(page.getByRole("button", { name: /^Live/ })).toBeVisible();
  return page;
}

test("signing out elsewhere closes what is open there", async ({ page, browser, daybook }) => {
  const person = await newAuditor(daybook, "tabs");
  await page.goto("/settings/security");
  await typePassword(page, person);
  await expect(page.getByRole("heading", { name: "Security", level: 1 })).toBeVisible();
  const other = await elsewhere(browser, daybook, person);
  await page.reload();
  await page.getByRole("button", { name: "Sign out everywhere else …" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByText("Signed out in one other place")).toBeVisible();
  await expect(other).toHaveURL(/\/sign-in\?next=/);
  await other.context().close();
});

test("a role that needs a second factor is led to it, from open tabs too", async ({
  page,
  browser,
  daybook,
}) => {
  const person = await newAuditor(daybook, "policy");
  const open = await elsewhere(browser, daybook, person);
  const context = await browser.newContext({
    baseURL: daybook.url,
    storageState: JSON.parse(daybook.sessions.admin),
  });
  await awaitHydration(context, daybook);
  const admin = await context.newPage();
  try {
    await admin.goto("/settings/sign-in-policy");
    expect(await violations(admin)).toEqual([]);
    await admin.getByLabel(/^auditor/).check();
    await admin.getByRole("button", { name: "Change …" }).click();
    await admin.getByLabel("Reason").fill("the auditors asked for it");
    await admin.getByRole("button", { name: "Change", exact: true }).click();
    await expect(admin.getByText(/Set by admin@daybook.local/)).toBeVisible();

    await expect(open).toHaveURL(/\/second-factor\?next=%2Flogs%2Fcommands/);
    await page.goto("/logs/commands");
    await typePassword(page, person);
    await expect(page.getByRole("heading", { name: "Set up a second factor" })).toBeVisible();
    await page.goto("/recordings");
    await expect(page).toHaveURL(/\/second-factor/);
    await turnOn(page, person);
    await page.getByRole("button", { name: "Go on to Daybook" }).click();
    await expect(page).toHaveURL("/recordings");

    const found = await admin.request.get(`/api/v1/users?${new URLSearchParams({ match: person.email })}`);
    const { users } = (await found.json()) as { users: { id: string }[] };
    await admin.goto(`/settings/users/${users[0]?.id}`);
    await admin.getByRole("button", { name: "Reset second factor …" }).click();
    expect(await violations(admin)).toEqual([]);
    await admin.getByRole("dialog").getByLabel("Reason").fill("lost the phone");
    await admin.getByRole("dialog").getByRole("button", { name: "Reset second factor" }).click();
    await expect(
      admin.getByText(`Reset the second factor of ${person.email}`, { exact: true }),
    ).toBeVisible();
    // The open tab leaves by itself.
    await expect(page).toHaveURL(/\/sign-in/);
  } finally {
    const api = await apiOf(daybook.url, daybook.sessions.admin);
    const data = { secondFactorRoles: [], idleMinutes: 720, absoluteHours: 168, reason: "the test is over" };
    expect((await api.put("/api/v1/sign-in-policy", { data })).status()).toBe(200);
    await api.dispose();
    await context.close();
    await open.context().close();
  }
});
