import {
  type BrowserContext,
  type BrowserContextOptions,
  test as base,
  expect,
  type Locator,
  type Page,
} from "@playwright/test";
import { type Installation, installation } from "./installation.ts";

export { expect };

/** A record in Daybook's own format; see lib/ingest/kinds/native.ts. */
export type NativeRecord = { log: string; time: string; [field: string]: string | number };

type Fixtures = {
  /** Which account the page is signed in as; `nobody` sees the sign-in page. */
  account: "admin" | "sample" | "nobody";
  /** Messages of the browser that a page without faults does not cause. */
  faults: string[];
};
type WorkerFixtures = {
  daybook: Installation;
  /** Posts records into the organization of `admin`; resolves when they are stored. */
  post: (records: readonly NativeRecord[]) => Promise<void>;
};

type State = Exclude<BrowserContextOptions["storageState"], string | undefined>;

/** The tests' `test`: pages are signed in, and a page that the browser complains about fails. */
export const test = base.extend<Fixtures, WorkerFixtures>({
  daybook: [({}, use) => use(installation()), { scope: "worker" }],
  account: ["admin", { option: true }],
  context: async ({ context, daybook }, use) => {
    await awaitHydration(context, daybook);
    await use(context);
  },
  baseURL: ({ daybook }, use) => use(daybook.url),
  storageState: ({ daybook, account }, use) =>
    use(
      account === "nobody" ? { cookies: [], origins: [] } : (JSON.parse(daybook.sessions[account]) as State),
    ),
  faults: [
    async ({ page }, use) => {
      const faults: string[] = [];
      watch(page, faults);
      await use(faults);
      expect(faults, "messages of the browser").toEqual([]);
    },
    { auto: true },
  ],
  post: [
    async ({ daybook, playwright }, use) => {
      const context = await playwright.request.newContext({
        baseURL: daybook.url,
        extraHTTPHeaders: { origin: daybook.url },
        storageState: JSON.parse(daybook.sessions.admin) as State,
      });
      const made = await context.post("/api/v1/sources", {
        data: { name: `Tests ${Date.now()}`, kind: "native" },
      });
      expect(made.status()).toBe(201);
      const { token } = (await made.json()) as { token: string };
      let sent = 0;
      await use(async (records) => {
        const lines = records.map((record) => JSON.stringify({ id: `e2e ${sent++}`, ...record }));
        const answer = await context.post("/api/v1/ingest/native", {
          headers: { authorization: `Bearer ${token}`, "content-type": "application/x-ndjson" },
          data: lines.join("\n"),
        });
        expect(answer.ok(), await answer.text()).toBe(true);
        expect(await answer.json()).toMatchObject({ accepted: records.length });
      });
      await context.dispose();
    },
    { scope: "worker" },
  ],
});

/**
 * Keeps the pages of a context out of sight until React has them, also those that a link or a sign-in loads: no
 * action of a test comes before, where it would be lost. Every context that a test makes needs it.
 */
export async function awaitHydration(context: BrowserContext, { url }: Installation): Promise<void> {
  context.on("page", waitAfterLoads);
  await context.addInitScript((origin) => {
    if (window.location.origin !== origin) return;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("html:not([data-hydrated]) body { visibility: hidden }");
    document.adoptedStyleSheets = [sheet];
  }, new URL(url).origin);
}

/** Lets every load that a test asks for wait for React: keys are pressed without a look at the page. */
function waitAfterLoads(page: Page): void {
  const { goto, reload } = page;
  const hydrated = () => page.locator("html[data-hydrated]").waitFor({ state: "attached" });
  page.goto = async (...args) => {
    const answer = await goto.apply(page, args);
    await hydrated();
    return answer;
  };
  page.reload = async (...args) => {
    const answer = await reload.apply(page, args);
    await hydrated();
    return answer;
  };
}

/** A name that this run of the test alone has: what an earlier attempt stored stays out of its sight. */
export const fresh = (name: string): string => `${name}-${crypto.randomUUID().slice(0, 8)}`;

/** Opens a log and waits until it listens to keys and follows what is new. */
export async function openLog(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await expect(page.getByRole("button", { name: /^Live/ })).toBeVisible();
}

/** Presses a row of a log beside what is in its cells: links, counts, actions under the pointer. */
export async function openRow(row: Locator): Promise<void> {
  await row.click({ position: { x: 8, y: 8 } });
}

/** Refused scripts and styles, failed hydration, errors nobody caught. */
function watch(page: Page, faults: string[]): void {
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => {
    const expected = /Failed to load resource: the server responded with a status of 4\d\d/.test(
      message.text(),
    );
    if (message.type() === "error" && !expected) faults.push(message.text());
  });
}
