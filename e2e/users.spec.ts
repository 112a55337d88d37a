import AxeBuilder from "@axe-core/playwright";
import type { Browser, Page } from "@playwright/test";
import pg from "pg";
import { type MailServer, mailServer } from "@/lib/mail/server/test-mail-server.ts";
import { awaitHydration, expect, test } from "./fixtures.ts";
import { type Installation, mailPort } from "./installation.ts";
import { runTool, superuserUrl } from "./own-daybook.ts";

let mails: MailServer;
test.beforeAll(async () => {
  mails = await mailServer(undefined, mailPort());
});
test.afterAll(() => mails.stop());

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html.slice(0, 200))])).toEqual([]);
}

/** A page of somebody who is not signed in. */
async function stranger(browser: Browser, daybook: Installation): Promise<Page> {
  const context = await browser.newContext({
    storageState: { cookies: [], origins: [] },
    baseURL: daybook.url,
  });
  await awaitHydration(context, daybook);
  return await context.newPage();
}

async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

test("somebody is invited, activates the account by mail, forgets the password, is changed and deleted", async ({
  page,
  browser,
  daybook,
}) => {
  const email = `new-${crypto.randomUUID().slice(0, 8)}@example.org`;
  await page.goto("/settings/users");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Invite" }).click();
  const dialog = page.getByRole("dialog", { name: "Invite somebody" });
  await dialog.getByLabel(/^Email/).fill(email);
  await dialog.getByLabel("Name", { exact: true }).fill("Nina New");
  await dialog.getByLabel(/^Role/).selectOption("auditor");
  await dialog.getByLabel(/^Login names/).fill("nina, nina-root");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Invite" }).click();
  await expect(page.getByRole("heading", { name: `The invitation was sent to ${email}` })).toBeFocused();
  const row = page.getByRole("row").filter({ hasText: email });
  await expect(row).toContainText("invited");

  const [invitation] = await mails.await(email);
  const link = invitation?.link ?? "";
  const person = await stranger(browser, daybook);
  await person.goto(link);
  await expectAccessible(person);
  await expect(person.getByLabel("Your name")).toHaveValue("Nina New");
  await person.getByLabel(/^New password/).fill("a new password");
  await person.getByRole("button", { name: "Activate account" }).click();
  await expect(person.getByRole("status")).toContainText("Your account is active.");
  await person.getByRole("link", { name: "Sign in", exact: true }).click();
  await signIn(person, email, "a new password");
  await expect(person).toHaveURL(/\/logs\//);

  const other = await stranger(browser, daybook);
  await other.goto(link);
  await expect(other.getByRole("heading", { name: "This link cannot be used" })).toBeVisible();
  await expectAccessible(other);
  await other.getByRole("link", { name: "To the sign-in page" }).click();
  await other.getByRole("link", { name: "Forgot your password?" }).click();
  await expect(other.getByRole("heading", { name: "Forgot your password?" })).toBeVisible();
  await other.getByLabel("Email").fill(email);
  await expectAccessible(other);
  await other.getByRole("button", { name: "Send the link" }).click();
  await expect(other.getByRole("status")).toContainText("If there is an account with this address");
  const [, reset] = await mails.await(email, 2);
  await other.goto(reset?.link ?? "");
  await expectAccessible(other);
  await other.getByLabel(/^New password/).fill("another password");
  await other.getByRole("button", { name: "Change password" }).click();
  await expect(other.getByRole("status")).toContainText("Your password is changed");
  await expect(person, "the session of the old password").toHaveURL(/\/sign-in/);
  await signIn(person, email, "another password");
  await expect(person).toHaveURL(/\/logs\//);

  await page.getByLabel("Name, address or login name").fill("nina-root");
  await page.getByRole("button", { name: "Find" }).click();
  await expect(page).toHaveURL(/match=nina-root/);
  await row.getByRole("link", { name: "Nina" }).click();
  await expectAccessible(page);
  const second = await page.context().newPage();
  await second.goto(page.url());
  await second.getByLabel("Name", { exact: true }).fill("Nina Other");
  await second.getByRole("button", { name: "Save" }).click();
  await expect(second.getByText(`Saved ${email}`)).toBeVisible();
  await page.getByLabel(/^Role/).selectOption("member");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Somebody else changed this account meanwhile.")).toBeVisible();
  await expect(page.getByText("name: Nina Other")).toBeVisible();
  await expect(page.getByLabel(/^Role/)).toHaveValue("member");
  await page.getByLabel("Name", { exact: true }).fill("Nina Other");
  await page.getByRole("button", { name: "I have seen it" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText(`Saved ${email}`)).toBeVisible();

  await page.getByRole("button", { name: "Delete" }).click();
  const deleting = page.getByRole("dialog", { name: `Delete ${email}?` });
  await deleting.getByLabel(/^Reason/).fill("left the company");
  await deleting.getByRole("button", { name: "Delete account" }).click();
  await expect(page).toHaveURL(/\/settings\/users$/);
  await expect(row).toBeHidden();
  // The open tab leaves by itself.
  await expect(person).toHaveURL(/\/sign-in/);

  await page.goto(`/settings/audit-log?target=${encodeURIComponent(email)}&order=asc`);
  await expect(page.getByRole("gridcell", { name: "user:deleted" })).toBeVisible();
});

test("an admin finds who is locked out, sees until when, and ends it with a reason", async ({
  page,
  daybook,
}) => {
  const email = `locked-${crypto.randomUUID().slice(0, 8)}@example.org`;
  await runTool(daybook, "user", "add", email, "--role", "member");
  // Guessing would count against the address of all tests.
  const client = new pg.Client({ connectionString: superuserUrl(daybook) });
  await client.connect();
  await client.query(
    "INSERT INTO sign_in_throttles (key, failures, locked_until) VALUES ($1, 11, now() + interval '14 minutes')",
    [`account ${email}`],
  );
  await client.end();
  await page.goto("/settings/users?status=locked");
  await expect(page.getByLabel("State")).toHaveValue("locked");
  const row = page.getByRole("row").filter({ hasText: email });
  await expect(row).toContainText(/locked\s*until/);
  await expectAccessible(page);
  await row.getByRole("link").click();
  await expect(page.getByText(/after 11 tries with wrong passwords, until/)).toBeVisible();
  await page.getByRole("button", { name: "Unlock …" }).click();
  const dialog = page.getByRole("dialog", { name: `Unlock ${email}?` });
  await dialog.getByLabel(/^Reason/).fill("it was them");
  await dialog.getByRole("button", { name: "Unlock" }).click();
  await expect(page.getByText(`Unlocked ${email}`)).toBeVisible();
  await expect(page.getByText(/after 11 tries/)).toBeHidden();
  await expect(page.getByRole("button", { name: "Unlock …" })).toBeHidden();
});

test("an empty log sends nobody to pages that are not for them", async ({ browser, daybook }) => {
  const email = `empty-${crypto.randomUUID().slice(0, 8)}@example.org`;
  const told = await runTool(daybook, "user", "add", email, "--role", "member");
  const page = await stranger(browser, daybook);
  await signIn(page, email, /password\s+(\S+)/.exec(told)?.[1] ?? "");
  const log = page.getByRole("grid", { name: "Commands" });
  await expect(log).toContainText("No commands that you may see yet.");
  await expect(log).toContainText("a member sees own rows alone");
  await expect(log.getByRole("link")).toHaveCount(0);
  await page.context().close();
});
