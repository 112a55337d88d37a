import "server-only";
import { actorOf } from "@/lib/audit/server/actor.ts";
import { runWorkflow, type WorkflowFacts } from "@/lib/audit/server/record.ts";
import type { Principal } from "@/lib/auth/principal.ts";
import { type Held, prepareReplay, requireHeld, resolveHeld, writeReplay } from "./replay.ts";

/**
 * Tries a quarantined record again.
 * @returns how many rows it made; none when the record is now known to say nothing
 * @throws Problem 404 when the source has no such open record, 409 when it still cannot be understood or another has its id
 */
export async function replayRecord(principal: Principal, sourceId: string, id: string): Promise<number> {
  const held = await requireHeld(principal.organizationId, sourceId, id);
  const prepared = await prepareReplay(held);
  return runWorkflow<number>(
    {
      ...factsOf(principal, held),
      workflowType: "quarantinedRecord:replay",
      updated: (rows) => ({ state: "replayed", rows }),
    },
    (client) => writeReplay(client, held, prepared, principal.email),
  );
}

/**
 * Marks a quarantined record as of no account; its bytes stay.
 * @param reason the caller's words, for the audit log
 * @throws Problem 404
 */
export async function dismissRecord(
  principal: Principal,
  sourceId: string,
  id: string,
  reason?: string,
): Promise<void> {
  const held = await requireHeld(principal.organizationId, sourceId, id);
  const facts = factsOf(principal, held);
  await runWorkflow(
    {
      ...facts,
      custom: { ...facts.custom, ...(reason !== undefined && { reason }) },
      workflowType: "quarantinedRecord:dismissal",
      updated: { state: "dismissed" },
    },
    (client) => resolveHeld(client, principal.organizationId, id, "dismissed", principal.email),
  );
}

function factsOf(principal: Principal, held: Held): Omit<WorkflowFacts, "workflowType"> {
  return {
    actor: actorOf(principal),
    target: { name: held.source.name, id: held.id },
    custom: { sourceId: held.source.id, recordId: held.recordId, quarantinedFor: held.reason },
    original: { state: "open" },
  };
}
