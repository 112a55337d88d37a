import "server-only";
import { ingestLimits } from "@/lib/ingest/limits.ts";
import { isTimely } from "@/lib/ingest/server/prepare.ts";
import { nowInstant } from "@/lib/record/clock.ts";
import type { ConversionSummary } from "../convert.ts";
import type { Finding } from "../session.ts";
import { instantAfter } from "./worked-out-rows.ts";

/** The years that the logs hold, for people. */
export const timelyText = `the years that the logs hold: ${ingestLimits.earliestYear} to ${ingestLimits.futureDays} days ahead`;

/** A host's time of what happens now, or ours where the logs cannot hold it. */
export function timely(at: string): string {
  const now = nowInstant();
  return isTimely(at, now) ? at : now;
}

/**
 * When a recording began. A machine without a clock of its own records at 1970: such a recording stands where its
 * sender said, or else where it was received, and a finding says what it said itself.
 * @param known when it began, as far as anybody else said so; when it was received otherwise
 */
export function startOf(
  { info, screen }: Pick<ConversionSummary, "info" | "screen">,
  known: string,
  receivedAt: string,
): { startedAt: string; finding?: Finding } {
  const said = info.startedAt ?? known;
  const fits = (start: string): boolean =>
    isTimely(start, receivedAt) && isTimely(instantAfter(start, screen.durationUs), receivedAt);
  if (fits(said)) return { startedAt: said };
  const startedAt = fits(known) ? known : receivedAt;
  const taken = startedAt === receivedAt ? "it was received at" : "its sender gave";
  const message = `It says that it was recorded from ${said} on, outside ${timelyText}. The time that ${taken} is taken instead.`;
  return {
    startedAt,
    finding: { code: "clock", timeUs: undefined, message, count: 1 },
  };
}
