import "server-only";
import { pool } from "@/lib/db/client.ts";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import type { LogQuery } from "@/lib/logs/query.ts";
import { type LogPage, listLogs } from "@/lib/logs/server/list.ts";
import { all, conditionSql, type Scope, scopeSql, timeSql } from "@/lib/logs/server/sql.ts";
import { auditLog } from "@/lib/logs/views/audit-log.ts";
import { mostSteps, type WorkflowLine, type WorkflowPage } from "../workflow.ts";

/**
 * Workflows of the audit log, a page at a time: those of which the query matches at least one step, each once, in
 * the order of the first step that it matches. That step does not change as a workflow goes on, so pages hold still.
 * What is told of a workflow is of all its steps, whether the query matches them or not.
 * @throws the database's error
 */
export async function listWorkflows(scope: Scope, query: LogQuery): Promise<WorkflowPage> {
  const page = await listLogs("audit-log", scope, query, [firstOfWorkflow(scope, query)]);
  return { ...page, rows: await withSummaries(scope, page.rows) };
}

/** No earlier step of the same workflow matches too. */
function firstOfWorkflow(scope: Scope, query: LogQuery): Prisma.Sql {
  const matches = all([
    scopeSql(scope),
    ...timeSql(query, Date.now()),
    ...query.conditions.map((condition) => conditionSql(auditLog, condition)),
  ]);
  // The row looked at is renamed, for conditions speak of a row r. `time <=` lets whole partitions be left out.
  return Prisma.sql`NOT EXISTS (
    SELECT FROM (SELECT r.workflow_id AS workflow, r.time AS at, r.id AS place) g, LATERAL (
      SELECT FROM audit_events r WHERE ${matches} AND r.workflow_id = g.workflow
        AND r.time <= g.at AND (r.time, r.id) < (g.at, g.place) LIMIT 1) earlier)`;
}

type Summary = Omit<WorkflowLine, "id" | "time">;

async function withSummaries(scope: Scope, rows: LogPage["rows"]): Promise<WorkflowLine[]> {
  if (rows.length === 0) return [];
  const workflows = [...new Set(rows.map(({ workflowId }) => String(workflowId)))];
  const ofWorkflow = Prisma.sql`FROM audit_events r WHERE ${scopeSql(scope)} AND r.workflow_id = w.id`;
  const timeText = (time: Prisma.Sql) =>
    Prisma.sql`to_char(${time} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
  const found = await pool().query<Summary>(Prisma.sql`
    SELECT w.id AS "workflowId", ${timeText(Prisma.sql`f.time`)} AS started, ${timeText(Prisma.sql`l.time`)} AS ended,
      round(extract(epoch FROM l.time - f.time) * 1000000)::double precision AS "durationUs",
      f.workflow_type AS "workflowType", f.category, f.initiator, f.initiator_type AS "initiatorType",
      l.target, l.target_type AS "targetType", l.operation_status AS "operationStatus",
      l.event_type AS "lastEventType", l.event_description AS "lastDescription", c.n AS steps
    FROM unnest(ARRAY[${Prisma.join(workflows)}]::text[]) AS w(id),
      LATERAL (SELECT r.* ${ofWorkflow} ORDER BY r.time, r.id LIMIT 1) f,
      LATERAL (SELECT r.* ${ofWorkflow} ORDER BY r.time DESC, r.id DESC LIMIT 1) l,
      LATERAL (SELECT count(*)::int AS n FROM (SELECT ${ofWorkflow} LIMIT ${mostSteps + 1}) steps) c`);
  const summaries = new Map(found.rows.map((summary) => [summary.workflowId, summary]));
  return rows.map(({ id, time, workflowId }) => {
    const summary = summaries.get(String(workflowId));
    if (!summary) throw new Error(`Workflow ${workflowId} has no steps`);
    return { id, time, ...summary };
  });
}
