import { firstRun } from "@/lib/setup/server/first-run.ts";

// Answers bin/start.mjs in the last line of its output.
const outcome = await firstRun();
process.stdout.write(`\n${JSON.stringify(outcome)}\n`, () => process.exit(0));
