import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { findChromium } from "./chromium.mjs";
import { build, checkNode, generate, install, root } from "./prepare.mjs";
import { show, stopRunning } from "./processes.mjs";
import { Failure, say } from "./terminal.mjs";
import { conclude, countPlaywright, countVitest } from "./test-report.mjs";

// `npm test`: the whole suite with its set-up; `npm test -- unit` and `npm test -- e2e` run one half.

const reports = mkdtempSync(path.join(os.tmpdir(), "daybook-reports-"));

/** @param {string[]} args */
async function main(args) {
  const [half = "all", ...rest] = args;
  if (rest.length > 0 || !["all", "unit", "e2e"].includes(half)) {
    throw new Failure(`npm test takes "unit" or "e2e", or nothing for both; not "${args.join(" ")}".`);
  }
  checkNode();
  await install();
  await generate();
  const results = [...(half === "e2e" ? [] : [await unit()]), ...(half === "unit" ? [] : await e2e())];
  const { line, code } = conclude(
    results.map(({ count }) => count),
    results.map((result) => result.code),
  );
  say(`\n${line}`);
  return code;
}

async function unit() {
  const file = path.join(reports, "vitest.json");
  const vitest = path.join(root, "node_modules/vitest/vitest.mjs");
  const args = [vitest, "run", "--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  return await half(args, {}, file, countVitest);
}

/** None while there are no browser tests. */
async function e2e() {
  if (!existsSync(path.join(root, "e2e/playwright.config.ts"))) return [];
  const file = path.join(reports, "playwright.json");
  const playwright = path.join(root, "node_modules/@playwright/test/cli.js");
  try {
    await build();
    const env = { DAYBOOK_CHROMIUM: await findChromium(), PLAYWRIGHT_JSON_OUTPUT_NAME: file };
    return [
      await half([playwright, "test", "-c", "e2e", "--reporter=list,json"], env, file, countPlaywright),
    ];
  } catch (error) {
    // What the unit tests said is not lost for it.
    if (!(error instanceof Failure)) throw error;
    process.stderr.write(`${error.message}\n`);
    return [{ code: 1, count: { passed: 0, failed: 1 } }];
  }
}

/**
 * @param {string[]} args for Node
 * @param {NodeJS.Dict<string>} env
 * @param {string} file where the report will be
 * @param {(json: string) => import("./test-report.mjs").Count} count
 */
async function half(args, env, file, count) {
  const code = await show(process.execPath, args, { cwd: root, env: { ...process.env, ...env } });
  // A runner that broke down before its report has failed, whatever it printed.
  return { code, count: existsSync(file) ? count(readFileSync(file, "utf8")) : { passed: 0, failed: 1 } };
}

for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) {
  process.on(signal, stopRunning);
}
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
} finally {
  rmSync(reports, { recursive: true });
}
