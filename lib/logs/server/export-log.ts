import "server-only";
import { actorOf } from "@/lib/audit/server/actor.ts";
import { beginWorkflow, reportFailure } from "@/lib/audit/server/record.ts";
import type { Principal } from "@/lib/auth/principal.ts";
import { inTransaction } from "@/lib/db/client.ts";
import { Problem } from "@/lib/http/problem.ts";
import { formatQuery, type LogQuery } from "../query.ts";
import { type LogSlug, logView } from "../views.ts";
import { ExportIdTaken, startExport, TooManyExports } from "./export.ts";
import type { ExportFormat } from "./export-sql.ts";
import type { ExportState } from "./export-state.ts";
import type { Scope } from "./sql.ts";

/** Starts an export as a workflow of the audit log and answers with its stream. */
export async function exportLog(
  principal: Principal,
  slug: LogSlug,
  scope: Scope,
  query: LogQuery,
  format: ExportFormat,
  id: string | undefined,
): Promise<Response> {
  const custom = { log: slug, format, query: formatQuery(query).toString() };
  const workflow = await beginWorkflow({
    actor: actorOf(principal),
    workflowType: "export:creation",
    target: { name: logView(slug).title, ...(id !== undefined && { id }) },
    custom,
  });
  const onEnd = async (state: ExportState): Promise<void> => {
    if (state === "complete") await inTransaction((client) => workflow.done(client));
    else await workflow.failed(new Error(`The export was ${state}`));
  };
  try {
    const owner = { id: principal.id, name: principal.name };
    const started = await startExport(slug, scope, query, format, owner, onEnd, id);
    return new Response(started.body, {
      headers: {
        "content-type": started.contentType,
        "content-disposition": `attachment; filename="${started.fileName}"`,
        "x-export-id": started.id,
        "cache-control": "private, no-store, no-transform",
      },
    });
  } catch (error) {
    await reportFailure(workflow, error);
    if (error instanceof ExportIdTaken) {
      throw new Problem(409, `${error.message}: choose another exportId.`, {
        errors: [{ parameter: "exportId", reason: "is taken" }],
      });
    }
    if (error instanceof TooManyExports) {
      throw new Problem(429, `${error.message}. Try again when one has ended.`, {
        headers: { "retry-after": "10" },
      });
    }
    throw error;
  }
}
