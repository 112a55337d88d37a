import { complaints } from "@/bench/crash/report.ts";
import { crashRun } from "@/bench/crash/run.ts";
import { expect, test } from "./fixtures.ts";

// `npm run crash-test` does twenty rounds, and the control run that has to lose records.
test("kill -9 of everything, and of one database process under load, loses nothing that was acknowledged", async () => {
  test.setTimeout(600_000);
  const report = await crashRun({
    rounds: 2,
    clients: 4,
    seed: Date.now() % 1_000_000,
    synchronousCommit: "on",
    modes: ["everything", "one backend"],
  });
  expect(report.settings).toMatchObject({ fsync: "on", full_page_writes: "on", synchronous_commit: "on" });
  expect(report.rounds.map(({ mode }) => mode)).toEqual(["everything", "one backend"]);
  for (const { findings } of report.rounds) expect(findings.stored).toBeGreaterThan(0);
  expect(complaints(report)).toEqual([]);
});
