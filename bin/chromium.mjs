import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { root } from "./prepare.mjs";
import { run } from "./processes.mjs";
import { Failure, say, step } from "./terminal.mjs";

const usualPlaces = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/**
 * Finds a Chromium for the browser tests: an installed one, else Playwright's download, else Debian's package.
 *
 * @returns {Promise<string>} its program
 * @throws {Failure} with what to install
 */
export async function findChromium() {
  const named = process.env.PLAYWRIGHT_CHROMIUM;
  if (named) {
    if (runs(named)) return named;
    throw new Failure(`PLAYWRIGHT_CHROMIUM (${named}) is not a browser that runs.`);
  }
  const { chromium } = await import("@playwright/test");
  const downloaded = chromium.executablePath();
  const found = [...usualPlaces, downloaded].find(runs);
  if (found) return found;
  if (await tried(downloadByPlaywright)) if (runs(downloaded)) return downloaded;
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get") && (await tried(installFromDebian))) {
    const installed = usualPlaces.find(runs);
    if (installed) return installed;
  }
  throw new Failure(
    "The browser tests need Chromium: install it (on Debian: apt-get install chromium), or name one in PLAYWRIGHT_CHROMIUM.",
  );
}

/** @param {string} program */
function runs(program) {
  if (!existsSync(program)) return false;
  return spawnSync(program, ["--version"], { stdio: "ignore", timeout: 30_000 }).status === 0;
}

/** Says why one way failed and leaves the next one to be tried. @param {() => Promise<unknown>} way */
async function tried(way) {
  try {
    await way();
    return true;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    say(error.message);
    return false;
  }
}

function downloadByPlaywright() {
  const playwright = path.join(root, "node_modules/@playwright/test/cli.js");
  return step("Downloading Chromium", () =>
    run("playwright install", process.execPath, [playwright, "install", "chromium"], { cwd: root }),
  );
}

function installFromDebian() {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return step("Installing Debian's Chromium", async () => {
    await run("apt-get update", "apt-get", ["update"], { env });
    await run("apt-get install", "apt-get", ["install", "-y", "--no-install-recommends", "chromium"], {
      env,
    });
  });
}
