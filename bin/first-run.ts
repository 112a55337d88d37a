import { writeSync } from "node:fs";
import { firstRun } from "@/lib/setup/server/first-run.ts";
import { loadSamples } from "@/lib/setup/server/samples.ts";

// Answers bin/start.mjs on descriptor 3: the passwords in it are nowhere else, and must not get lost in the log.
const outcome = await firstRun(loadSamples);
writeSync(3, JSON.stringify(outcome));
process.exit(0);
