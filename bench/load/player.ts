import { createReadStream, readFileSync, statSync } from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import path from "node:path";
import type { Browser, Page } from "@playwright/test";
import { answerTask } from "../child.ts";
import { launch, type SignIn, signedIn } from "./chromium.ts";

/** One recording, in Daybook and as a file. */
export type PlayerTask = SignIn & {
  program: string;
  /** The page of the recording. */
  path: string;
  cast: string;
  /** Seconds: where the page opens, and where it goes then. */
  openAt: number;
  seekTo: readonly number[];
  /** What the first row of the terminal says at each of these. */
  shown: { [seconds: string]: number };
  rounds: number;
};

/** Milliseconds and bytes. Tasks are those of 50 ms and more, which the browser tells of. */
export type Played = {
  /** From the last byte that the first picture needs until all its rows are there. */
  firstFrame: number;
  /** From the click on a link until the first picture. */
  opened: number;
  seeks: number[];
  /** The longest task since those bytes were there, while seeking and playing; 0 when none took 50 ms. */
  longestTask: number;
  /** The longest one before. */
  longestBefore: number;
  heap: number;
};

export type PlayerAnswer = { product: Played[]; plain: Played[] };

answerTask(async (task: PlayerTask): Promise<PlayerAnswer> => {
  const server = await servePlain(task.cast);
  const browser = await launch(task.program);
  try {
    const answer: PlayerAnswer = { product: [], plain: [] };
    for (let round = 0; round < task.rounds; round++) {
      answer.product.push(await playHere(browser, task));
      answer.plain.push(await playPlain(browser, task, (server.address() as AddressInfo).port));
    }
    return answer;
  } finally {
    await browser.close();
    server.close();
  }
});

/** The player as it comes, on one page, with the whole file. */
function servePlain(cast: string): Promise<http.Server> {
  const main = createRequire(import.meta.url).resolve("asciinema-player");
  const bundle = path.join(path.dirname(main), "bundle");
  const files: { [url: string]: [type: string, body: string | Buffer] } = {
    "/": [
      "text/html",
      `<!doctype html><link rel="stylesheet" href="/player.css"><script src="/player.js"></script>
       <div id="box" style="width: 1000px; height: 600px"></div>`,
    ],
    "/player.css": ["text/css", readFileSync(path.join(bundle, "asciinema-player.css"))],
    "/player.js": ["text/javascript", readFileSync(path.join(bundle, "asciinema-player.min.js"))],
  };
  const server = http.createServer(({ url = "" }, response) => {
    const file = files[url];
    if (file) response.writeHead(200, { "content-type": file[0] }).end(file[1]);
    else if (url === "/whole.cast") {
      response.writeHead(200, { "content-length": statSync(cast).size });
      createReadStream(cast).pipe(response);
    } else response.writeHead(404).end();
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

type Seen = { tasks: [start: number, ms: number][] };
type Watched = Window & { benchSeen: Seen; benchPlayer: { seek(seconds: number): Promise<unknown> } };

/** Runs in the page, before its own scripts. */
function observe(): void {
  const seen: Seen = { tasks: [] };
  (window as unknown as Watched).benchSeen = seen;
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) seen.tasks.push([startTime, duration]);
  }).observe({ type: "longtask", buffered: true });
}

async function newPage(page: Page): Promise<Page> {
  // What tsx compiles names its functions by this, and the page does not know it.
  await page.addInitScript("globalThis.__name = (named) => named");
  await page.addInitScript(observe);
  return page;
}

/** Waits in the page until the terminal says this and has all its rows. @returns the page's clock then */
function whenShown(page: Page, event: number): Promise<number> {
  return page.evaluate(async (wanted) => {
    const frame = () => new Promise(requestAnimationFrame);
    const until = performance.now() + 60_000;
    let changed = 0;
    const changes = new MutationObserver((records) => {
      if (records.some(({ target }) => target instanceof Element && target.closest(".ap-term-text")))
        changed = performance.now();
    });
    changes.observe(document, { childList: true, subtree: true });
    for (;;) {
      await frame();
      const text = document.querySelector(".ap-term-text")?.textContent ?? "";
      if (text.includes(`event ${wanted} `)) break;
      if (performance.now() > until) throw new Error(`never shown: event ${wanted}; ${text.slice(0, 60)}`);
    }
    const shown = performance.now();
    // Rows may follow in later frames.
    for (let before = -1; before !== changed; ) {
      before = changed;
      await frame();
      await frame();
    }
    changes.disconnect();
    return Math.max(shown, changed);
  }, event);
}

/** When the last byte was there that a picture drawn at `before` needs. */
function bytesAt(page: Page, pattern: string, before: number): Promise<number> {
  return page.evaluate(
    ([pattern, before]) => {
      const ends = performance
        .getEntriesByType("resource")
        .filter(({ name }) => new RegExp(pattern).test(name))
        .map((entry) => (entry as PerformanceResourceTiming).responseEnd)
        .filter((end) => end > 0 && end <= before);
      return Math.max(...ends);
    },
    [pattern, before] as const,
  );
}

async function finish(page: Page, seeks: number[], at: { bytes: number; frame: number }): Promise<Played> {
  const { tasks } = await page.evaluate(() => (window as unknown as Watched).benchSeen);
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  const longest = (list: Seen["tasks"]): number => Math.max(0, ...list.map(([, ms]) => ms));
  await page.context().close();
  return {
    firstFrame: at.frame - at.bytes,
    opened: at.frame,
    seeks,
    // One that began before may have taken the bytes in hand.
    longestTask: longest(tasks.filter(([start, ms]) => start + ms > at.bytes)),
    longestBefore: longest(tasks.filter(([start, ms]) => start + ms <= at.bytes)),
    heap: usedSize,
  };
}

async function playHere(browser: Browser, task: PlayerTask): Promise<Played> {
  const page = await newPage(await (await signedIn(browser, task)).newPage());
  await page.goto(`${task.path}&t=${task.openAt}`);
  const frame = await whenShown(page, task.shown[task.openAt] ?? -1);
  const bytes = await bytesAt(page, "/segments/\\d+", frame);
  const seeks: number[] = [];
  for (const seconds of task.seekTo) {
    const started = await page.evaluate((ms) => {
      const slider = document.querySelector<HTMLInputElement>("input[type=range][aria-label=Position]");
      const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set;
      if (!slider || !set) throw new Error("there is no timeline");
      const now = performance.now();
      set.call(slider, String(ms));
      slider.dispatchEvent(new Event("input", { bubbles: true }));
      return now;
    }, seconds * 1000);
    seeks.push((await whenShown(page, task.shown[seconds] ?? -1)) - started);
  }
  await page.keyboard.press("Space");
  await page.getByRole("button", { name: "Pause" }).waitFor();
  await page.waitForTimeout(3000);
  return finish(page, seeks, { bytes, frame });
}

async function playPlain(browser: Browser, task: PlayerTask, port: number): Promise<Played> {
  const page = await newPage(await browser.newPage({ viewport: { width: 1440, height: 900 } }));
  await page.goto(`http://127.0.0.1:${port}/`);
  const open = page.evaluate((seconds) => {
    type Global = { AsciinemaPlayer: { create(url: string, box: Element | null, options: object): never } };
    const { AsciinemaPlayer } = window as unknown as Global;
    const options = { preload: true, fit: "both", controls: false };
    const player = AsciinemaPlayer.create("/whole.cast", document.querySelector("#box"), options);
    (window as unknown as Watched).benchPlayer = player;
    return (player as Watched["benchPlayer"]).seek(seconds).then(() => undefined);
  }, task.openAt);
  const [frame] = await Promise.all([whenShown(page, task.shown[task.openAt] ?? -1), open]);
  const bytes = await bytesAt(page, "whole\\.cast", frame);
  const seeks: number[] = [];
  for (const seconds of task.seekTo) {
    const started = await page.evaluate((seconds) => {
      const now = performance.now();
      void (window as unknown as Watched).benchPlayer.seek(seconds);
      return now;
    }, seconds);
    seeks.push((await whenShown(page, task.shown[seconds] ?? -1)) - started);
  }
  await page.evaluate(() => {
    void (window as unknown as { benchPlayer: { play(): Promise<unknown> } }).benchPlayer.play();
  });
  await page.waitForTimeout(3000);
  return finish(page, seeks, { bytes, frame });
}
