import "server-only";
import type { DraftOf } from "@/lib/ingest/rows.ts";
import { log } from "@/lib/log.ts";
import type { Step } from "../catalog/define.ts";
import { ownFaults } from "../event-faults.ts";

/** The last events of Daybook's own that lacked something; tests look that there are none. */
const mostKept = 100;
const key = Symbol.for("daybook.captured-faults");
const store = globalThis as { [kept: symbol]: string[] | undefined };

/**
 * Says in the server's log what an event of Daybook's own lacks. The event is written all the same: one that tells
 * less is better than none.
 */
export function noteCapturedFaults(row: DraftOf<"audit-log">, step: Step): void {
  const faults = ownFaults(row, step);
  if (faults.length === 0) return;
  const text = faults.map(({ field, reason }) => `${field}: ${reason}`).join("; ");
  log().error(
    { eventType: row.eventType, workflowId: row.workflowId, faults: text },
    "an event lacks what it captures",
  );
  store[key] = [...(store[key] ?? []), `${row.eventType}: ${text}`].slice(-mostKept);
}
