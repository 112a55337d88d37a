import type { DraftOf } from "@/lib/ingest/rows.ts";
import { connectionEvents } from "../records/connection-events.ts";
import { makeWorld } from "../records/made.ts";
import { instant } from "../records/schedule.ts";

export type EventDraft = DraftOf<"connection-events">;

/**
 * So many connection events as they would come in now: their order and what belongs together are those of the
 * generator, their times the present.
 * @param seed makes connections of its own
 */
export function eventsOfNow(seed: string, count: number): EventDraft[] {
  const now = Date.now();
  const world = makeWorld(`${seed}.example`, now, count, { people: 400, machines: 300 });
  const events: EventDraft[] = [];
  let micros = now * 1000;
  for (const { row } of connectionEvents(world)) events.push({ ...row, time: instant(micros++) });
  return events;
}
