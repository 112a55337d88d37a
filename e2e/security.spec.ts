import type { Browser, BrowserContext, Page } from "@playwright/test";
import pg from "pg";
import { logPath } from "@/components/shell/pages.ts";
import { logViews } from "@/lib/logs/views.ts";
import { awaitHydration, expect, openLog, openRow, test } from "./fixtures.ts";
import type { Installation } from "./installation.ts";
import { apiOf, sessionOf, superuserUrl } from "./own-daybook.ts";

const logs = Object.keys(logViews).map(logPath);
const settings = [
  "/settings/sources",
  "/settings/sources/new",
  "/settings/targets",
  "/settings/targets/spaces",
  "/settings/tokens",
];

/** What the page's policy refused: an error of the browser, which the fixture `faults` fails on. */
async function reportViolations(page: Page): Promise<void> {
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sample }) =>
      console.error(`refused by ${violatedDirective}: ${blockedURI} ${sample}`),
    );
  });
}

test.describe("the policy of pages", () => {
  test.use({ account: "sample" });

  test("refuses nothing of Daybook's own, on any page", async ({ page, faults }) => {
    await reportViolations(page);
    for (const path of logs) {
      await openLog(page, path);
      await openRow(page.locator("[data-row]").first());
      await expect(page.getByRole("dialog").getByRole("definition").first()).toBeVisible();
      await page.keyboard.press("Escape");
      expect(faults, path).toEqual([]);
    }
    for (const path of settings) {
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      expect(faults, path).toEqual([]);
    }
    await page.goto("/settings/sources");
    await page.getByRole("row").nth(1).getByRole("link").first().click();
    await expect(page).toHaveURL(/\/settings\/sources\/[0-9a-f-]{36}/);
    await page.goto("/logs/nothing");
    await page.goto("/nothing");
    await expect(page.getByRole("heading", { name: "There is no such page" })).toBeVisible();
  });

  test("lets no script run without this answer's nonce", async ({ page, playwright, daybook, faults }) => {
    const state = JSON.parse(daybook.sessions.sample);
    const context = await playwright.request.newContext({ baseURL: daybook.url, storageState: state });
    const nonces = new Set<string>();
    for (const path of [...logs, ...settings, "/sign-in?next=/", "/nothing", "/logs/nothing"]) {
      const answer = await context.get(path);
      const policy = answer.headers()["content-security-policy"] ?? "";
      const [, scripts = ""] = /script-src ([^;]*)/.exec(policy) ?? [];
      expect(scripts, path).toMatch(/^'self' 'nonce-[\w+/=]{24}' 'strict-dynamic'$/);
      expect(policy, path).toContain(
        "worker-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
      );
      const [, nonce = ""] = /'nonce-([^']+)'/.exec(scripts) ?? [];
      nonces.add(nonce);
      const tags = (await answer.text()).match(/<script\b[^>]*>/g) ?? [];
      expect(
        tags.filter((tag) => !tag.includes(`nonce="${nonce}"`)),
        path,
      ).toEqual([]);
    }
    expect(nonces.size).toBe(logs.length + settings.length + 3);
    await context.dispose();

    await page.goto("/logs/commands");
    const refused = await page.evaluate(async () => {
      const violation = new Promise<string>((resolve) => {
        document.addEventListener("securitypolicyviolation", (event) => resolve(event.violatedDirective));
      });
      document.body.insertAdjacentHTML("beforeend", '<img src="data:," onerror="globalThis.hurt = 1">');
      return { by: await violation, hurt: Reflect.get(globalThis, "hurt") };
    });
    expect(refused).toEqual({ by: "script-src-attr" });
    // The browser says that it refused it, which it should.
    faults.length = 0;
  });
});

/** A tab with a session of its own, that can end without ending those of other tests. */
async function ownTab(
  browser: Browser,
  daybook: Installation,
): Promise<{ context: BrowserContext; state: string }> {
  const state = await sessionOf(daybook.url, daybook.admin);
  const context = await browser.newContext({ baseURL: daybook.url, storageState: JSON.parse(state) });
  await awaitHydration(context, daybook);
  return { context, state };
}

for (const path of ["/logs/commands?last=24h", "/settings/sources"]) {
  test(`an open tab of ${path} is out as soon as its session is revoked`, async ({ browser, daybook }) => {
    const { context, state } = await ownTab(browser, daybook);
    const page = await context.newPage();
    const stream = page.waitForResponse((answer) => answer.url().includes("/live"));
    await page.goto(path);
    await stream;
    const api = await apiOf(daybook.url, state);
    expect((await api.post("/api/auth/sign-out")).status()).toBe(204);
    await expect(page).toHaveURL(`/sign-in?next=${encodeURIComponent(path)}`);
    expect((await api.get("/api/v1/me")).status()).toBe(401);
    await api.dispose();
    await context.close();
  });
}

test.describe("signing in leads nowhere else", () => {
  const elsewhere = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "\\\\evil.example",
    "/\t/evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "/api/auth/sign-out",
  ];

  test("from the page of who is signed in", async ({ playwright, daybook }) => {
    const storageState = JSON.parse(daybook.sessions.admin);
    const api = await playwright.request.newContext({ baseURL: daybook.url, storageState });
    for (const next of elsewhere) {
      const answer = await api.get(`/sign-in?next=${encodeURIComponent(next)}`, { maxRedirects: 0 });
      expect(answer.headers()["location"], next).toBe("/");
    }
    await api.dispose();
  });

  test("from next-auth's own addresses", async ({ daybook }) => {
    const api = await apiOf(daybook.url);
    for (const callbackUrl of elsewhere) {
      const asked = await api.get(`/api/auth/csrf?callbackUrl=${encodeURIComponent(callbackUrl)}`);
      expect(asked.status(), callbackUrl).toBe(400);
      const { csrfToken } = (await (await api.get("/api/auth/csrf")).json()) as { csrfToken: string };
      const answer = await api.post("/api/auth/callback/credentials", {
        form: { ...daybook.admin, csrfToken, callbackUrl },
        maxRedirects: 0,
      });
      expect(answer.status()).toBe(302);
      expect(new URL(answer.headers()["location"] ?? "", daybook.url).href).toBe(`${daybook.url}/`);
    }
    const other = await api.get("/api/auth/signin?callbackUrl=https://evil.example", { maxRedirects: 0 });
    expect(other.status()).toBe(404);
    await api.dispose();
  });

  test.describe("from the form", () => {
    test.use({ account: "nobody" });

    test("that somebody was sent to", async ({ page, daybook }) => {
      await page.goto("/sign-in?next=%2F%09%2Fevil.example%2F");
      await page.getByLabel("Email").fill(daybook.admin.email);
      await page.getByLabel("Password", { exact: true }).fill(daybook.admin.password);
      await page.keyboard.press("Enter");
      await expect(page).toHaveURL("/logs/commands");
    });
  });
});

test.describe("the request id of an error", () => {
  test("that nothing is there is on the page and in the header", async ({ page }) => {
    for (const path of ["/nothing", "/logs/nothing", "/settings/nothing"]) {
      const answer = await page.goto(path);
      expect(answer?.status(), path).toBe(404);
      await expect(page.getByText("Request", { exact: true })).toBeVisible();
      await expect(page.locator("code"), path).toHaveText(answer?.headers()["x-request-id"] ?? "none");
    }
  });

  test("of the server is on the page and in the header", async ({ page, daybook, request, faults }) => {
    const database = new pg.Client({ connectionString: superuserUrl(daybook) });
    await database.connect();
    try {
      await database.query("ALTER TABLE spaces RENAME TO spaces_away");
      const answer = await page.goto("/settings/targets/spaces");
      await expect(page.getByRole("heading", { name: "This page could not be shown" })).toBeVisible();
      await expect(page.locator("code")).toHaveText(answer?.headers()["x-request-id"] ?? "none");
      await expect(page.getByRole("main")).not.toContainText("relation");

      const api = await request.get("/api/v1/spaces");
      expect(api.status()).toBe(500);
      expect(await api.json()).toMatchObject({ status: 500, requestId: api.headers()["x-request-id"] });
    } finally {
      await database.query("ALTER TABLE IF EXISTS spaces_away RENAME TO spaces");
      await database.end();
    }
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(page.getByRole("heading", { name: "Targets and spaces" })).toBeVisible();
    // The browser says that the server failed, which it did.
    expect(faults.join("\n")).not.toContain("refused by");
    faults.length = 0;
  });
});

test("programs are told in their own language that nothing is there", async ({ request, daybook }) => {
  const unknown = await request.get("/api/v2/logs");
  expect(unknown.status()).toBe(404);
  expect(unknown.headers()["content-type"]).toBe("application/problem+json");
  expect(await unknown.json()).toMatchObject({ status: 404, requestId: unknown.headers()["x-request-id"] });
  const wrong = await request.put(`${daybook.url}/api/v1/logs/commands`);
  expect(wrong.status()).toBe(405);
  expect(wrong.headers()["allow"]).toBe("GET, HEAD");
  expect((await request.get("/api/v1/openapi.json/")).url()).toBe(`${daybook.url}/api/v1/openapi.json`);
});

test("the icon that browsers ask for by themselves is there", async ({ request }) => {
  const icon = await request.get("/favicon.ico");
  expect(icon.status()).toBe(200);
  expect((await icon.body()).subarray(0, 4)).toEqual(Buffer.from([0, 0, 1, 0]));
});
