import type { Browser, Page } from "@playwright/test";
import pg from "pg";
import { freePort } from "@/bin/postgres-port.mjs";
import { type CuttingProxy, cuttingProxy } from "./cutting-proxy.ts";
import { test as base, expect } from "./fixtures.ts";
import {
  apiOf,
  firstAccounts,
  makeSource,
  newPlace,
  type OwnDaybook,
  removePlace,
  startDaybook,
  superuserUrl,
} from "./own-daybook.ts";

/** The full test has DAYBOOK_LIVE_ROWS=100000, which takes longer than a suite should. */
const rows = Number(process.env["DAYBOOK_LIVE_ROWS"] ?? 20_000);
const writers = 8;
const cuts = 20;
const rowsInPost = 125;

const test = base.extend<object, { own: OwnDaybook }>({
  own: [
    async ({ playwright: _ }, use) => {
      const place = newPlace(await freePort());
      const daybook = await startDaybook(place);
      await use(daybook);
      await daybook.stop();
      removePlace(place);
    },
    { scope: "worker", timeout: 300_000 },
  ],
});

type Received = { ids: { [id: string]: number }; opened: number };

/** Keeps what the page's own stream brings, before the page sees it. */
function keepReceived(): void {
  const received: Received = { ids: {}, opened: 0 };
  Reflect.set(window, "received", received);
  window.EventSource = class extends EventSource {
    constructor(url: string | URL, options?: EventSourceInit) {
      super(url, options);
      if (!String(url).includes("/logs/commands/live")) return;
      this.addEventListener("open", () => {
        received.opened += 1;
      });
      this.addEventListener("rows", (event) => {
        for (const { id } of (JSON.parse(event.data) as { rows: { id: string }[] }).rows) {
          received.ids[id] = (received.ids[id] ?? 0) + 1;
        }
      });
    }
  };
}

const receivedBy = (page: Page): Promise<Received> =>
  page.evaluate(() => Reflect.get(window, "received") as Received);
const countOf = async (page: Page, what: "ids" | "opened"): Promise<number> =>
  page.evaluate((name) => {
    const value = (Reflect.get(window, "received") as Received)[name];
    return typeof value === "number" ? value : Object.keys(value).length;
  }, what);

async function openTab(browser: Browser, port: number, session: string): Promise<Page> {
  const context = await browser.newContext({ storageState: JSON.parse(session) });
  const page = await context.newPage();
  await page.addInitScript(keepReceived);
  await page.goto(`http://localhost:${port}/logs/commands`);
  await expect(page.getByRole("button", { name: /^Live/ })).toBeVisible();
  return page;
}

/** Posts on the direct way, some rows at a time. */
class Writer {
  private sent = 0;
  private readonly url: string;
  private readonly token: string;

  constructor(url: string, token: string) {
    this.url = `${url}/api/v1/ingest/native`;
    this.token = token;
  }

  async post(count: number): Promise<void> {
    const time = new Date().toISOString();
    const body = Array.from({ length: count }, () => {
      const number = this.sent++;
      return `${JSON.stringify({ log: "commands", id: String(number), time, user: "writer", target: "web-1", command: `echo ${number}` })}\n`;
    });
    const headers = { authorization: `Bearer ${this.token}` };
    const answer = await fetch(this.url, { method: "POST", headers, body: body.join("") });
    expect(await answer.json()).toMatchObject({ accepted: count });
  }
}

/** One cut: the writers go on writing, and somewhere among their posts the way breaks and comes back. */
async function writeAndCut(all: readonly Writer[], share: number, proxy: CuttingProxy): Promise<void> {
  const posts = Math.ceil(share / rowsInPost);
  const breaksAt = Math.floor(Math.random() * posts * all.length);
  const mendsAt = breaksAt + Math.floor(Math.random() * posts * all.length);
  let done = 0;
  const write = async (writer: Writer): Promise<void> => {
    for (let left = share; left > 0; left -= rowsInPost) {
      if (done === breaksAt) proxy.cut();
      if (done === mendsAt) proxy.mend();
      done += 1;
      await writer.post(Math.min(left, rowsInPost));
    }
  };
  await Promise.all(all.map(write));
  proxy.mend();
}

test(`${writers} writers, ${rows} rows, and viewers cut off ${cuts} times: each row arrives once`, async ({
  own,
  browser,
}) => {
  test.setTimeout(600_000);
  const { sessions } = await firstAccounts(own);
  const api = await apiOf(own.url, sessions.admin);
  const all: Writer[] = [];
  for (let n = 0; n < writers; n += 1) all.push(new Writer(own.url, (await makeSource(api, "native")).token));
  await all[0]?.post(10);

  const proxy = await cuttingProxy(own.place.port);
  const live = await openTab(browser, proxy.port, sessions.admin);
  const paused = await openTab(browser, proxy.port, sessions.admin);
  await paused.getByRole("button", { name: /^Live/ }).click();

  const share = rows / writers / cuts;
  for (let cut = 0; cut < cuts; cut += 1) {
    const [opened, openedPaused] = [await countOf(live, "opened"), await countOf(paused, "opened")];
    await writeAndCut(all, share, proxy);
    // Back again, and not yet up to date: the next cut comes in the middle of what was missed.
    await expect.poll(() => countOf(live, "opened"), { intervals: [50] }).toBeGreaterThan(opened);
    await expect.poll(() => countOf(paused, "opened"), { intervals: [50] }).toBeGreaterThan(openedPaused);
  }

  const database = new pg.Client({ connectionString: superuserUrl(own.place) });
  await database.connect();
  const stored = await database.query<{ id: string }>(
    "SELECT id FROM commands WHERE user_name = 'writer' ORDER BY time DESC, id DESC",
  );
  await database.end();
  const ids = stored.rows.map(({ id }) => id);
  expect(ids).toHaveLength(rows + 10);

  for (const page of [live, paused]) {
    await expect.poll(() => countOf(page, "ids"), { timeout: 120_000 }).toBe(rows);
    const received = (await receivedBy(page)).ids;
    expect(Object.entries(received).filter(([, times]) => times !== 1)).toEqual([]);
    const missed = ids.filter((id) => received[id] === undefined);
    // The first ten were on the page before it was followed.
    expect(missed).toHaveLength(10);
  }
  const topOf = (page: Page): Promise<(string | null)[]> =>
    page
      .locator("[data-row]")
      .evaluateAll((list) => list.slice(0, 10).map((row) => row.getAttribute("data-row")));
  await expect.poll(() => topOf(live)).toEqual(ids.slice(0, 10));
  await paused.getByRole("button", { name: `${rows.toLocaleString("en-US")} new` }).click();
  await expect.poll(() => topOf(paused)).toEqual(ids.slice(0, 10));

  proxy.close();
  await api.dispose();
  for (const page of [live, paused]) await page.context().close();
});
