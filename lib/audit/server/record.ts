import "server-only";
import type { PoolClient } from "pg";
import { v4 as uuidv4 } from "uuid";
import { inTransaction, pool } from "@/lib/db/client.ts";
import { Problem } from "@/lib/http/problem.ts";
import type { initiatorTypes } from "@/lib/ingest/enumerations.ts";
import type { DraftOf } from "@/lib/ingest/rows.ts";
import { log } from "@/lib/log.ts";
import { nowInstant } from "@/lib/record/clock.ts";
import {
  ensurePartitions,
  insertRecords,
  notifyFollowers,
  ownRecord,
  ownSourceId,
} from "@/lib/record/server/insert.ts";
import type { Step } from "../catalog/define.ts";
import { type CatalogEntry, type WorkflowType, workflowDefinition } from "../catalog.ts";
import { noteCapturedFaults } from "./captured-faults.ts";

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

/** Who began a workflow, under the names of the audit log's columns. */
export type Actor = {
  organizationId: string;
  /** Email address, or the name of a service. */
  initiator: string;
  initiatorType: (typeof initiatorTypes)[number];
  initiatorId?: string;
  /** Details that belong into CustomValues, such as the API token that was used. */
  custom?: JsonObject;
};

/** What the rows of one workflow have in common. */
export type WorkflowFacts = {
  actor: Actor;
  workflowType: WorkflowType;
  target: { name: string; id?: string };
  custom?: JsonObject;
  /** The target before. */
  original?: Json;
};

/** A workflow under way: its *attempting* is committed. End it with either, once. */
export type OpenWorkflow = {
  id: string;
  /** Writes the step between the first and the last, where the workflow has one, within the transaction of the change. */
  underWay: (client: PoolClient) => Promise<void>;
  /** Writes *done* within the transaction of the change; what fails there fails the change. */
  done: (client: PoolClient, end?: WorkflowEnd) => Promise<void>;
  /**
   * Writes *failed*, after the change was rolled back; the reason is a text, a problem's, or "unexpected error".
   * Does nothing when the workflow has ended already.
   */
  failed: (error: unknown, end?: WorkflowEnd) => Promise<void>;
};

/** What is only known at the end. */
export type WorkflowEnd = {
  updated?: Json;
  target?: WorkflowFacts["target"];
  custom?: JsonObject;
  /** Whoever was not known at the beginning. */
  initiator?: Pick<Actor, "initiator" | "initiatorType" | "initiatorId">;
};

/**
 * Runs a change as a workflow of the audit log: *attempting* is committed first, *done* in the transaction of
 * the change, *failed* after its rollback, all under one WorkflowId.
 *
 * @param workflow who, what and on what; `updated` is the target afterwards, or how the result tells it
 * @param work the change, in its transaction; keep it short
 * @throws what `work` throws, after *failed* was written
 */
export async function runWorkflow<T>(
  workflow: WorkflowFacts & { updated?: Json | ((result: T) => Json) },
  work: (client: PoolClient, workflowId: string) => Promise<T>,
): Promise<T> {
  const { updated, ...facts } = workflow;
  const open = await beginWorkflow(facts);
  try {
    return await inTransaction(async (client) => {
      await open.underWay(client);
      const result = await work(client, open.id);
      const state = typeof updated === "function" ? updated(result) : updated;
      await open.done(client, state === undefined ? {} : { updated: state });
      return result;
    });
  } catch (error) {
    await reportFailure(open, error);
    throw error;
  }
}

/** For work that cannot lie in one short transaction, such as an export; else take {@link runWorkflow}. */
export async function beginWorkflow(facts: WorkflowFacts): Promise<OpenWorkflow> {
  const id = uuidv4();
  const write = await writerOf(id, facts);
  await inTransaction(async (client) => {
    await client.query(
      "INSERT INTO open_workflows (workflow_id, organization_id, facts) VALUES ($1, $2, $3)",
      [id, facts.actor.organizationId, JSON.stringify(facts)],
    );
    await write(client, "attempting");
  });
  return openWorkflow(id, facts, write);
}

/** Goes on with a workflow that another request began. @returns undefined when it has ended */
export async function resumeWorkflow(id: string): Promise<OpenWorkflow | undefined> {
  const found = await pool().query<{ facts: WorkflowFacts }>(
    "SELECT facts FROM open_workflows WHERE workflow_id = $1",
    [id],
  );
  const facts = found.rows[0]?.facts;
  return facts && openWorkflow(id, facts, await writerOf(id, facts));
}

type Writer = (client: PoolClient, step: Step, end?: WorkflowEnd) => Promise<void>;

async function writerOf(id: string, facts: WorkflowFacts): Promise<Writer> {
  const { organizationId } = facts.actor;
  const [sourceId] = await Promise.all([
    ownSourceId(organizationId),
    ensurePartitions("audit-log", [nowInstant(), tomorrow()]),
  ]);
  return (client, step, end = {}) =>
    insertStep(client, sourceId, rowOf(id, facts, step, end), organizationId);
}

function openWorkflow(id: string, facts: WorkflowFacts, write: Writer): OpenWorkflow {
  return {
    id,
    underWay: async (client) => {
      if (workflowDefinition(facts.workflowType).events.underWay) await write(client, "underWay");
    },
    done: async (client, end) => {
      if (!(await close(client, id))) throw new Error(`Workflow ${id} has ended already`);
      await write(client, "done", end);
    },
    failed: async (error, end = {}) => {
      const reason = failureReason(error);
      await inTransaction(async (client) => {
        if (await close(client, id))
          await write(client, "failed", { ...end, custom: { ...end.custom, reason } });
      });
    },
  };
}

/**
 * Writes *failed*, "interrupted", for every workflow that a server began and did not end. Called at start,
 * before requests are served: a server that is still at work on one of them will fail to write *done* and
 * roll its change back, so that no workflow ever ends twice.
 *
 * @returns how many were closed
 */
export async function closeOrphans(): Promise<number> {
  await ensurePartitions("audit-log", [nowInstant()]);
  return await inTransaction(async (client) => {
    const orphans = await client.query<{ id: string; facts: WorkflowFacts }>(
      "DELETE FROM open_workflows RETURNING workflow_id AS id, facts",
    );
    for (const { id, facts } of orphans.rows) {
      const { organizationId } = facts.actor;
      const row = rowOf(id, facts, "failed", { custom: { reason: "interrupted" } });
      await insertStep(client, await ownSourceId(organizationId), row, organizationId);
    }
    return orphans.rows.length;
  });
}

/** Writes *failed* without hiding the failure itself when that write fails too; the next start closes it then. */
export async function reportFailure(open: OpenWorkflow, error: unknown): Promise<void> {
  try {
    await open.failed(error);
  } catch (second) {
    log().error(
      { err: second, workflowId: open.id },
      "a failed workflow could not be closed; the next start will",
    );
  }
}

async function close(client: PoolClient, id: string): Promise<boolean> {
  const closed = await client.query("DELETE FROM open_workflows WHERE workflow_id = $1", [id]);
  return closed.rowCount === 1;
}

async function insertStep(
  client: PoolClient,
  sourceId: string,
  row: DraftOf<"audit-log">,
  organizationId: string,
): Promise<void> {
  await insertRecords(client, "audit-log", [ownRecord<"audit-log">(organizationId, sourceId, row)]);
  await notifyFollowers(client, organizationId, ["audit-log"]);
}

const operationStatus = {
  attempting: "inProgress",
  underWay: "inProgress",
  done: "success",
  failed: "failure",
} as const;

function rowOf(id: string, facts: WorkflowFacts, step: Step, end: WorkflowEnd): DraftOf<"audit-log"> {
  const { original } = facts;
  const actor = { ...facts.actor, ...end.initiator };
  const definition = workflowDefinition(facts.workflowType);
  const { category, events, targetType } = definition;
  const target = { ...facts.target, ...end.target };
  const event = events[step] ?? events.attempting;
  const custom = {
    ...actor.custom,
    ...facts.custom,
    ...end.custom,
    ...statusOf(definition, step),
  };
  const reason = end.custom?.["reason"] ?? facts.custom?.["reason"];
  const row: DraftOf<"audit-log"> = {
    time: nowInstant(),
    category,
    workflowId: id,
    workflowType: facts.workflowType,
    eventType: event.type,
    eventDescription: `${event.says} ${target.name}${typeof reason === "string" ? `: ${reason}` : ""}`,
    initiator: actor.initiator,
    initiatorType: actor.initiatorType,
    ...(actor.initiatorId === undefined ? {} : { initiatorId: actor.initiatorId }),
    target: target.name,
    targetType,
    ...(target.id === undefined ? {} : { targetId: target.id }),
    operationStatus: operationStatus[step],
    ...(Object.keys(custom).length === 0 ? {} : { customValues: custom }),
    ...(original === undefined ? {} : { originalState: original }),
    ...(end.updated === undefined ? {} : { updatedState: end.updated }),
  };
  noteCapturedFaults(row, step);
  return row;
}

/** How far the workflow is, under the key that its captured information has for that. */
function statusOf({ captured, events }: CatalogEntry, step: Step): JsonObject {
  const status = events[step]?.status;
  const item = captured.find((one) => "status" in one);
  return status === undefined || item === undefined || !("status" in item) ? {} : { [item.status]: status };
}

/** The record says what a person may be told; anything else stands in the server's log. */
function failureReason(error: unknown): string {
  if (typeof error === "string") return error;
  return error instanceof Problem ? error.detail : "unexpected error";
}

function tomorrow(): string {
  return `${new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)}T00:00:00.000000Z`;
}
