import { parseArgs } from "node:util";
import { Failure, say } from "@/bin/terminal.mjs";
import { complaints, legend, tableHead, tableLine } from "./crash/report.ts";
import { type CrashReport, crashRun } from "./crash/run.ts";

const help = `npm run crash-test -- [options]

Kills an installation of its own with kill -9 at random moments while clients post to it, and compares what is
stored with what was acknowledged. Then does the same with synchronous_commit off, which has to lose records:
a test that cannot see a loss proves nothing.

  --rounds N    kills in each of the two runs (20)
  --clients N   that post at the same time (6)
  --seed N      of the moments, the kills and the sizes of posts (the clock)
  --no-control  leave the second run out`;

function readOptions(args: string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  try {
    const options = { rounds: text, clients: text, seed: text, "no-control": flag, help: flag };
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new Failure(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
  }
}

function count(name: string, value: string | undefined, otherwise: number): number {
  if (value === undefined) return otherwise;
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1) return number;
  throw new Failure(`${name} must be a whole number from 1, and is "${value}".`);
}

async function run(
  title: string,
  options: Omit<Parameters<typeof crashRun>[0], "onRound">,
): Promise<CrashReport> {
  say(`\n${title}\n\n${tableHead()}`);
  const report = await crashRun({ ...options, onRound: (round) => say(tableLine(round)) });
  const settings = Object.entries(report.settings).map(([name, value]) => `${name}=${value}`);
  say(`\nPostgreSQL: ${settings.join(" ")}`);
  if (options.synchronousCommit === "on" && report.settings["fsync"] !== "on")
    report.faults.push("fsync is not on");
  return report;
}

/** @returns the exit code */
async function main(): Promise<number> {
  const values = readOptions(process.argv.slice(2));
  if (values.help) {
    say(help);
    return 0;
  }
  const rounds = count("--rounds", values.rounds, 20);
  const clients = count("--clients", values.clients, 6);
  const seed = count("--seed", values.seed, Date.now() % 1_000_000);
  say(`${rounds} rounds, ${clients} clients, seed ${seed}\n\n${legend}`);
  const report = await run("As Daybook runs", { rounds, clients, seed, synchronousCommit: "on" });
  const words = complaints(report);
  for (const complaint of words) say(complaint);
  say(words.length === 0 ? "Every acknowledged record is stored, every record once." : "FAILED");
  if (values["no-control"]) return words.length === 0 ? 0 : 1;
  const control = await run("The control: synchronous_commit off", {
    rounds,
    clients,
    seed,
    synchronousCommit: "off",
  });
  const lost = control.rounds.filter(({ findings }) => findings.lost.length > 0);
  const records = lost.reduce((sum, { findings }) => sum + findings.lost.length, 0);
  say(
    lost.length > 0
      ? `Fails as it must: ${records} acknowledged records lost in ${lost.length} of ${rounds} rounds.`
      : "FAILED: nothing was lost, so the run above proves nothing.",
  );
  return words.length === 0 && lost.length > 0 ? 0 : 1;
}

try {
  process.exit(await main());
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
