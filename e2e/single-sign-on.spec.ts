import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { type TestProvider, testProvider } from "@/lib/sso/server/test-provider.ts";
import { awaitHydration, expect, openLog, test } from "./fixtures.ts";

let provider: TestProvider;
let redirectAddress = "";
test.beforeAll(async () => {
  provider = await testProvider(() => [redirectAddress]);
});
test.afterAll(() => provider.close());

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html.slice(0, 200))])).toEqual([]);
}

test("a provider is added, signs somebody in, provisions, and all of it is on record", async ({
  page,
  browser,
  daybook,
}) => {
  const name = `Example ${Date.now()}`;
  const email = `nia${Date.now()}@example.org`;
  await page.goto("/settings/identity-providers");
  await page.getByRole("link", { name: "Add provider" }).click();
  await expect(page.getByRole("heading", { name: "Add an identity provider" })).toBeVisible();
  await expectAccessible(page);
  redirectAddress = (await page.getByText(/\/api\/auth\/callback\//).textContent()) ?? "";
  await page.getByLabel(/^Name/).fill(name);
  await page.getByLabel(/^Issuer/).fill("http://127.0.0.1:1");
  await page.getByRole("button", { name: "Test the issuer" }).click();
  await expect(page.getByRole("status").filter({ hasText: "could not sign in" })).toContainText(
    "ECONNREFUSED",
  );
  await page.getByLabel(/^Issuer/).fill(provider.issuer);
  await page.getByRole("button", { name: "Test the issuer" }).click();
  await expect(page.getByText("The issuer answers as it should.")).toBeVisible();
  await page.getByLabel("Client ID").fill(provider.clientId);
  await page.getByLabel(/^Client secret/).fill(provider.clientSecret);
  await page.getByLabel(/^Make an account at the first sign-in/).check();
  await page.getByRole("button", { name: "Add provider" }).click();
  await expect(page.getByRole("heading", { name, exact: true })).toBeVisible();
  await expectAccessible(page);

  const context = await browser.newContext({ storageState: { cookies: [], origins: [] } });
  await awaitHydration(context, daybook);
  const person = await context.newPage();
  provider.people["nia"] = { email, email_verified: true, name: "Nia" };
  await person.goto(`${daybook.url}/sign-in?next=/logs/connections`);
  await expectAccessible(person);
  await person.getByRole("button", { name: `Sign in with ${name}` }).click();
  await person.locator("[name=login]").fill("nia");
  await person.locator("[name=password]").fill("whatever");
  await person.getByRole("button", { name: "Sign-in" }).click();
  await person.getByRole("button", { name: "Continue" }).click();
  await expect(person).toHaveURL(`${daybook.url}/logs/connections`);
  await expect(person.getByRole("heading", { name: "Connections" })).toBeVisible();

  await page.getByRole("button", { name: "Create token …" }).click();
  const dialog = page.getByRole("dialog", { name: `Create a token for “${name}”?` });
  await dialog.getByRole("button", { name: "Create token" }).click();
  const token = (await page.getByText(/^dbi_/).first().textContent()) ?? "";
  const users = `${daybook.url}/scim/v2/Users`;
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/scim+json" };
  const found = await fetch(`${users}?filter=${encodeURIComponent(`userName eq "${email}"`)}`, { headers });
  expect(found.headers.get("content-type")).toBe("application/scim+json");
  const { Resources } = (await found.json()) as { Resources: { id: string }[] };
  const off = await fetch(`${users}/${Resources[0]?.id}`, {
    method: "PATCH",
    headers,
    body: JSON.stringify({
      schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
      Operations: [{ op: "Replace", path: "active", value: "False" }],
    }),
  });
  expect(off.status, await off.text()).toBe(200);
  // What the person has open ends by itself.
  await expect(person).toHaveURL(/\/sign-in/);
  await person.getByRole("button", { name: `Sign in with ${name}` }).click();
  await expect(person.getByRole("heading", { name: "You cannot sign in this way" })).toBeVisible();
  await expectAccessible(person);
  await context.close();

  await openLog(page, `/settings/audit-log?target=${email}`);
  for (const text of ["Created user", "Signed in", "Updated user", "Failed to sign in"])
    await expect(
      page
        .locator("[data-row]")
        .filter({ hasText: `${text} ${email}` })
        .first(),
    ).toBeVisible();
  await page.goto("/settings/identity-providers");
  await expect(page.getByRole("link", { name, exact: true })).toBeVisible();
  await expectAccessible(page);
});
