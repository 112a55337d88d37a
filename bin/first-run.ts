import { firstRun } from "@/lib/setup/server/first-run.ts";
import { loadSamples } from "@/lib/setup/server/samples.ts";

// Answers bin/start.mjs in the last line of its output.
const outcome = await firstRun(loadSamples);
process.stdout.write(`\n${JSON.stringify(outcome)}\n`, () => process.exit(0));
