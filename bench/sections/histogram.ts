import { widthFor } from "@/lib/logs/server/histogram.ts";
import { type LogSlug, logViews } from "@/lib/logs/views.ts";
import { inChild } from "../child.ts";
import type { Case, TurnsAnswer, TurnsTask } from "../load/turns.ts";
import { type Line, ms, times } from "../report.ts";
import { median, p95 } from "../statistics.ts";
import type { Context } from "./context.ts";
import { histogramStatement } from "./plain-sql.ts";

const spanMs = 30 * 86_400_000;

/** Thirty days by status, from the rollup and by counting rows: timed for the commands, compared for every log. */
export async function measureHistogram({ server, options, tokens, stamp }: Context): Promise<Line[]> {
  const params = new URLSearchParams({
    // Off the hour, so that both edges are counted too.
    from: new Date(stamp.anchorMs - spanMs + 1_234_567).toISOString(),
    to: new Date(stamp.anchorMs - 7_654_321).toISOString(),
  });
  const width = widthFor(spanMs - 1_234_567 - 7_654_321);
  const cases = (Object.keys(logViews) as LogSlug[]).map(
    (slug): Case => ({
      name: slug,
      kind: "histogram",
      asked: [
        {
          path: `/api/v1/logs/${slug}/histogram?${params}`,
          statement: histogramStatement(slug, params, width),
        },
      ],
      times: slug === "commands" ? 15 : 0,
    }),
  );
  const task: TurnsTask = {
    origin: server.origin,
    token: tokens.main,
    databaseUrl: server.appUrl,
    rounds: options.rounds,
    cases,
  };
  const answers = await inChild<TurnsAnswer>("load/turns.ts", task);
  const unequal = answers.filter(({ equal }) => !equal).map(({ name }) => name);
  const commands = answers.find(({ name }) => name === "commands");
  if (!commands) throw new Error("no histogram of the commands");
  const { product, baseline } = commands;
  const ratio = median(baseline) / median(product);
  return [
    {
      what: "30-day histogram by status",
      product: `median ${ms(median(product))}, p95 ${ms(p95(product))}`,
      baseline: `GROUP BY median ${ms(median(baseline))}`,
      ratio: `${times(ratio)} faster, ${unequal.length === 0 ? "equal in all 7 logs" : `UNEQUAL: ${unequal.join(", ")}`}`,
      target: "10× faster, equal",
      met: ratio >= 10 && unequal.length === 0,
      figures: {
        ratio,
        productMedian: median(product),
        groupByMedian: median(baseline),
        equal: unequal.length === 0,
      },
    },
  ];
}
