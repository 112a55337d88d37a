import type { Browser, Page } from "@playwright/test";
import { answerTask } from "../child.ts";
import { launch, signedIn } from "./chromium.ts";

/** What a person at Chromium feels. */
export type BrowserTask = {
  /** As the server's NEXTAUTH_URL has it, for the cookie's sake. */
  origin: string;
  program: string;
  sessionId: string;
  secret: string;
  /** Each is opened `times` times, every time by a browser that has cached nothing. */
  paths: readonly string[];
  times: number;
  /** On which rows are scrolled through, and how many. */
  scrolled: { path: string; rows: number };
};

export type BrowserAnswer = {
  opened: { path: string; lcp: number; cls: number }[];
  /** Milliseconds until the picture after an interaction, the longest of each kind. */
  interactions: { name: string; longest: number }[];
  scroll: { rows: number; heapBefore: number; heapAfter: number; cls: number; seconds: number };
};

answerTask(async (task: BrowserTask): Promise<BrowserAnswer> => {
  const browser = await launch(task.program);
  try {
    const opened: BrowserAnswer["opened"] = [];
    for (let time = 0; time < task.times; time++) {
      for (const path of task.paths) opened.push(await openOnce(browser, task, path));
    }
    return { opened, interactions: await interact(browser, task), scroll: await scrollFar(browser, task) };
  } finally {
    await browser.close();
  }
});

/** A page of a fresh profile, signed in, which notes what the browser measures. */
async function newPage(browser: Browser, task: BrowserTask): Promise<Page> {
  const context = await signedIn(browser, task);
  const page = await context.newPage();
  // What tsx compiles names its functions by this, and the page does not know it.
  await page.addInitScript("globalThis.__name = (named) => named");
  await page.addInitScript(observe);
  return page;
}

type Vitals = { lcp: number; cls: number; longest: number };
type Measured = Window & { benchVitals: Vitals };

/** Runs in the page, before its own scripts. */
function observe(): void {
  const vitals: Vitals = { lcp: 0, cls: 0, longest: 0 };
  (window as unknown as Measured).benchVitals = vitals;
  const each = (type: string, note: (entry: PerformanceEntry) => void): void => {
    new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({
      type,
      buffered: true,
      ...(type === "event" && { durationThreshold: 16 }),
    } as PerformanceObserverInit);
  };
  each("largest-contentful-paint", ({ startTime }) => {
    vitals.lcp = startTime;
  });
  each("layout-shift", (entry) => {
    const { value, hadRecentInput } = entry as PerformanceEntry & { value: number; hadRecentInput: boolean };
    if (!hadRecentInput) vitals.cls += value;
  });
  each("event", (entry) => {
    const { interactionId } = entry as PerformanceEntry & { interactionId: number };
    if (interactionId > 0) vitals.longest = Math.max(vitals.longest, entry.duration);
  });
}

function vitalsOf(page: Page): Promise<Vitals> {
  return page.evaluate(() => ({ ...(window as unknown as Measured).benchVitals }));
}

/** Opens a log and waits until it shows rows and listens. */
async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.locator("[data-row]").first().waitFor();
  await page.getByRole("button", { name: /^Live/ }).waitFor();
  // The picture after the last one that anything waits for.
  await page.waitForLoadState("load");
  await settle(page);
}

/** Two pictures later, when nothing is left to do. */
function settle(page: Page): Promise<void> {
  return page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        requestIdleCallback(() => requestAnimationFrame(() => requestAnimationFrame(() => resolve())), {
          timeout: 2000,
        });
      }),
  );
}

async function openOnce(
  browser: Browser,
  task: BrowserTask,
  path: string,
): Promise<BrowserAnswer["opened"][number]> {
  const page = await newPage(browser, task);
  await open(page, path);
  const { lcp, cls } = await vitalsOf(page);
  await page.context().close();
  return { path, lcp, cls };
}

async function interact(browser: Browser, task: BrowserTask): Promise<BrowserAnswer["interactions"]> {
  const page = await newPage(browser, task);
  await open(page, task.scrolled.path);
  const results: BrowserAnswer["interactions"] = [];
  const measure = async (name: string, act: () => Promise<void>): Promise<void> => {
    await page.evaluate(() => {
      (window as unknown as Measured).benchVitals.longest = 0;
    });
    await act();
    await settle(page);
    results.push({ name, longest: (await vitalsOf(page)).longest });
  };
  const rows = page.locator("[data-row]");
  await measure("open rows", async () => {
    for (let place = 2; place < 7; place++) {
      await rows.nth(place).click();
      await page.getByRole("dialog").waitFor();
      await page.keyboard.press("Escape");
    }
  });
  await measure("walk with keys", async () => {
    for (let step = 0; step < 40; step++) await page.keyboard.press("ArrowDown");
  });
  await measure("page with keys", async () => {
    for (let step = 0; step < 10; step++) await page.keyboard.press("PageDown");
  });
  await measure("type into search", async () => {
    await page.keyboard.press("/");
    await page.keyboard.type("systemctl", { delay: 60 });
    await page.keyboard.press("Enter");
    await page.waitForURL(/systemctl/);
  });
  await measure("open the palette", async () => {
    await page.keyboard.press("Control+k");
    await page.getByRole("option").first().waitFor();
    await page.keyboard.press("Escape");
  });
  await page.context().close();
  return results;
}

async function scrollFar(browser: Browser, task: BrowserTask): Promise<BrowserAnswer["scroll"]> {
  const page = await newPage(browser, task);
  await open(page, task.scrolled.path);
  const session = await page.context().newCDPSession(page);
  const heap = async (): Promise<number> => {
    await session.send("HeapProfiler.collectGarbage");
    const { usedSize } = await session.send("Runtime.getHeapUsage");
    return usedSize;
  };
  const heapBefore = await heap();
  const started = performance.now();
  const rows = await page.evaluate(async (wanted) => {
    const grid = document.querySelector<HTMLElement>("[role=grid]");
    const row = document.querySelector<HTMLElement>("[data-row]");
    if (!grid || !row) throw new Error("there is no list");
    const height = row.getBoundingClientRect().height;
    const frame = (): Promise<number> => new Promise(requestAnimationFrame);
    const deadline = performance.now() + 180_000;
    while (grid.scrollTop / height < wanted && performance.now() < deadline) {
      grid.scrollTop += grid.clientHeight * 4;
      await frame();
    }
    return Math.floor(grid.scrollTop / height);
  }, task.scrolled.rows);
  const seconds = (performance.now() - started) / 1000;
  const heapAfter = await heap();
  const { cls } = await vitalsOf(page);
  await page.context().close();
  return { rows, heapBefore, heapAfter, cls, seconds };
}
