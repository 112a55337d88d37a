import "server-only";
import { type Actor, beginWorkflow, runWorkflow, type WorkflowFacts } from "@/lib/audit/server/record.ts";
import { pool } from "@/lib/db/client.ts";
import type { connectionKinds } from "@/lib/ingest/enumerations.ts";
import type { RowDraft } from "@/lib/ingest/rows.ts";
import type { IngestSource } from "@/lib/ingest/server/prepare.ts";
import { toIngestSource } from "@/lib/ingest/server/sources.ts";
import { nowInstant } from "@/lib/record/clock.ts";
import { noRequest, recordOfRow, tell } from "@/lib/recordings/server/tell.ts";
import type { ReportedState } from "../kill.ts";
import { findKill, openKillOf, type StoredKill } from "./kills.ts";

/** Who says what became of a kill: a source, or Daybook itself. */
export type Teller = { name: string; id?: string };

/** Daybook itself, when it sees that a connection is over. */
export const ourselves: Teller = { name: "Daybook" };

/**
 * Writes down what became of a kill. A step that was taken before is not taken again; who ends a session has
 * acknowledged the request.
 * @returns the kill as it is then
 */
export async function reportKill(
  kill: StoredKill,
  state: ReportedState | "undelivered",
  by: Teller,
  detail?: string,
): Promise<StoredKill> {
  if (kill.settledAt !== null) return kill;
  if (state === "undelivered") await writeUndelivered(kill, by, detail ?? "");
  else {
    if (kill.acknowledgedAt === null) await writeAcknowledged(kill, by);
    if (state === "ended") {
      await closeConnection(kill, by);
      await settle(kill, state, by, undefined);
    }
    if (state === "failed") await settle(kill, state, by, detail ?? "The source does not say why.");
  }
  const now = await findKill(kill.organizationId, kill.id);
  if (!now) throw new Error("A kill vanished while it was reported");
  return now;
}

function factsOf(
  kill: StoredKill,
  workflowType: WorkflowFacts["workflowType"],
  by: Teller,
  more: { [name: string]: string } = {},
): WorkflowFacts {
  const { id, reason, requestedBy, requestedAt, cause, connectionId } = kill;
  const actor: Actor = {
    organizationId: kill.organizationId,
    initiator: by.name,
    initiatorType: by.id === undefined ? "system" : "external-system",
    ...(by.id !== undefined && { initiatorId: by.id }),
  };
  return {
    actor,
    workflowType,
    target: { name: `${kill.user} on ${kill.target}`, id: connectionId },
    custom: { killId: id, connectionId, cause, request: reason, requestedBy, requestedAt, ...more },
  };
}

async function writeAcknowledged(kill: StoredKill, by: Teller): Promise<void> {
  await runWorkflow(factsOf(kill, "session:end-acknowledgement", by), async (client) => {
    await client.query(
      `UPDATE kills SET acknowledged_by = $3, acknowledged_at = now()
       WHERE organization_id = $1 AND id = $2 AND acknowledged_at IS NULL`,
      [kill.organizationId, kill.id, by.name],
    );
  });
}

async function writeUndelivered(kill: StoredKill, by: Teller, detail: string): Promise<void> {
  const workflow = await beginWorkflow(factsOf(kill, "session:end-acknowledgement", by));
  await pool().query(settleSql, [kill.organizationId, kill.id, "undelivered", by.name, detail]);
  await workflow.failed(detail);
}

const settleSql = `UPDATE kills SET outcome = $3, settled_by = $4, settled_at = now(), detail = $5, open_connection_id = NULL
   WHERE organization_id = $1 AND id = $2 AND settled_at IS NULL`;

async function settle(
  kill: StoredKill,
  outcome: "ended" | "failed",
  by: Teller,
  detail: string | undefined,
): Promise<void> {
  const values = [kill.organizationId, kill.id, outcome, by.name, detail ?? null];
  const facts = factsOf(kill, "session:ending", by);
  if (outcome === "ended") {
    await runWorkflow(facts, async (client) => void (await client.query(settleSql, values)));
    return;
  }
  const workflow = await beginWorkflow(facts);
  await pool().query(settleSql, values);
  await workflow.failed(detail);
}

type Row = {
  user: string;
  target: string;
  targetUser: string | null;
  kind: (typeof connectionKinds)[number];
  ref: string;
  space: string | null;
  status: string;
  cause: string | null;
  at: string;
};

/**
 * The connection's `closed` event, with the kill as its cause, unless the event that closed it says so already.
 * It tells nothing twice: its record has the kill's id.
 */
async function closeConnection(kill: StoredKill, by: Teller): Promise<void> {
  const { id, reason, requestedBy, requestedAt, acknowledgedBy, acknowledgedAt } = kill;
  const story = { id, reason, requestedBy, requestedAt, acknowledgedBy, acknowledgedAt, endedBy: by.name };
  await tellClosed(kill, id, { kill: story });
}

/**
 * Closes a connection in the record alone, because nobody can tell its host: what goes on there is not seen.
 * A connection whose end was asked for is left to that.
 * @returns whether it was open, and closed by this
 */
export async function closeUntold(
  wish: Pick<StoredKill, "organizationId" | "connectionId" | "sourceId" | "cause" | "reason"> & {
    by: string;
  },
): Promise<boolean> {
  const { organizationId, connectionId, by, reason } = wish;
  if (await openKillOf(organizationId, connectionId)) return false;
  const story = { by, reason, hostTold: false };
  return await tellClosed(wish, `${connectionId} untold`, { closedInTheRecord: story });
}

async function tellClosed(
  {
    organizationId,
    connectionId,
    sourceId,
    cause,
  }: Pick<StoredKill, "organizationId" | "connectionId" | "sourceId" | "cause">,
  name: string,
  story: { [what: string]: unknown },
): Promise<boolean> {
  const found = await pool().query<Row>(
    `SELECT user_name AS "user", target, target_user AS "targetUser", kind, ref, space, status, cause,
       to_char((CASE WHEN status = 'closed' THEN end_time ELSE greatest(last_event_time, $3::timestamptz) END)
         AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at
     FROM connections WHERE organization_id = $1 AND id = $2`,
    [organizationId, connectionId, nowInstant()],
  );
  const [row] = found.rows;
  if (!row || (row.status === "closed" && row.cause === cause)) return false;
  const source = await readSource(organizationId, sourceId);
  if (!source) throw new Error("The source of the connection is of no kind that is known");
  const { user, target, targetUser, kind, ref, space, at } = row;
  const draft: RowDraft = {
    log: "connection-events",
    row: {
      time: at,
      user,
      connectionRef: ref,
      event: "closed",
      outcome: "allowed",
      target,
      kind,
      cause,
      ...(targetUser !== null && { targetUser }),
      ...(space !== null && { space }),
    },
  };
  const raw = Buffer.from(JSON.stringify({ ...story, ...draft.row }));
  await tell(source, [recordOfRow(`${killRecord}${name}`, raw, draft)], noRequest());
  return true;
}

/** A source that was stopped has connections all the same. */
async function readSource(organizationId: string, id: string): Promise<IngestSource | undefined> {
  const found = await pool().query<Parameters<typeof toIngestSource>[0]>(
    "SELECT id, organization_id, name, kind, settings FROM sources WHERE organization_id = $1 AND id = $2",
    [organizationId, id],
  );
  return found.rows[0] && toIngestSource(found.rows[0]);
}

/** Records that tell of an end by a kill begin with this: their cause is the connection's. */
const killRecord = "daybook:kill:";

/** The source that a kill is told to. */
export function tellerOf(source: Pick<IngestSource, "id" | "name">): Teller {
  return { name: source.name, id: source.id };
}
