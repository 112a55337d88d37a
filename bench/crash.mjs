import path from "node:path";
import { build, checkNode, generate, install, quickly, root } from "../bin/prepare.mjs";
import { show, stopRunning } from "../bin/processes.mjs";
import { Failure } from "../bin/terminal.mjs";

// `npm run crash-test`: installs, generates and builds what is missing, then runs crash.ts with the arguments.

for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.on(signal, stopRunning);

try {
  checkNode();
  if (!process.argv.includes("--help")) {
    await quickly(async () => {
      for (const prepare of [install, generate, build]) await prepare();
    });
  }
  const args = ["--import", "tsx", path.join(root, "bench/crash.ts"), ...process.argv.slice(2)];
  process.exitCode = await show(process.execPath, args, { cwd: root });
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
