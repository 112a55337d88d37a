import { grantSourceToken } from "../build/organizations.ts";
import { inChild } from "../child.ts";
import type { LiveAnswer, LiveTask } from "../load/live.ts";
import { type Line, ms } from "../report.ts";
import { median, p95, quantile } from "../statistics.ts";
import { removeIngested } from "./clean-up.ts";
import type { Context } from "./context.ts";

const perSecond = 1000;
const limit = 500;

/** From a record's commit until a follower has its row, at a steady thousand records a second. */
export async function measureLive(context: Context): Promise<Line[]> {
  const { server, client, tokens } = context;
  const sourceToken = await grantSourceToken(client, "ingestion", "commands");
  const task: LiveTask = {
    origin: server.origin,
    apiToken: tokens.ingestion,
    sourceToken,
    seed: `live-${Date.now().toString(36)}`,
    perSecond,
    batch: 10,
    seconds: 15,
  };
  const { delays, posted, missed, twice, late } = await inChild<LiveAnswer>("load/live.ts", task);
  await removeIngested(context);
  const figures = {
    p95: p95(delays),
    median: median(delays),
    p99: quantile(delays, 0.99),
    posted,
    missed,
    twice,
    late,
  };
  const faults = [missed > 0 && `${missed} MISSED`, twice > 0 && `${twice} TWICE`].filter(
    (fault) => fault !== false,
  );
  return [
    {
      what: `commit to follower at ${perSecond.toLocaleString("en")} records/s, ${posted.toLocaleString("en")} records`,
      product: `p95 ${ms(figures.p95)}, median ${ms(figures.median)}, p99 ${ms(figures.p99)}`,
      baseline: "",
      ratio: faults.length > 0 ? faults.join(", ") : "none missed, none twice",
      target: `p95 at most ${limit} ms`,
      met: figures.p95 <= limit && missed === 0 && twice === 0,
      figures,
    },
  ];
}
