import "server-only";
import { downloadName, downloadOf } from "@/lib/audit/download.ts";
import { actorOf } from "@/lib/audit/server/actor.ts";
import { beginWorkflow, type OpenWorkflow, reportFailure } from "@/lib/audit/server/record.ts";
import type { Principal } from "@/lib/auth/principal.ts";
import { watchStream } from "@/lib/auth/server/open-streams.ts";
import { inTransaction } from "@/lib/db/client.ts";
import { formatQuery, type LogQuery } from "../query.ts";
import { type LogSlug, logView } from "../views.ts";
import { cancelExport, type ExportProof, startExport, takeExportPlace } from "./export.ts";
import type { ExportFormat } from "./export-sql.ts";
import type { ExportState } from "./export-state.ts";
import type { Scope } from "./sql.ts";

/** What is exported, and as what. */
export type ExportWish = { slug: LogSlug; scope: Scope; query: LogQuery; format: ExportFormat };

/**
 * Starts an export as a workflow of the audit log and answers with its stream, which breaks off within a second once
 * the principal may read no longer what it reads.
 * @param id chosen by the caller
 * @throws Problem 429 when too many run and 409 when the id is that of one that runs, both before the audit log
 *   says that anything was attempted; 409 when the id is that of one that has ended
 */
export async function exportLog(
  principal: Principal,
  { slug, scope, query, format }: ExportWish,
  id: string | undefined,
): Promise<Response> {
  const name = slug === "audit-log" && format === "csv" ? downloadName(query) : undefined;
  const chosen = name === undefined ? {} : downloadOf(query);
  const place = takeExportPlace(scope, id);
  let workflow: OpenWorkflow;
  let isAllowed = true;
  let unwatch = (): void => undefined;
  try {
    unwatch = watchStream(principal, () => {
      isAllowed = false;
      cancelExport(scope.organizationId, place.id);
    });
    workflow = await beginWorkflow({
      actor: actorOf(principal),
      workflowType: "export:creation",
      target: { name: logView(slug).title, id: place.id },
      custom: { log: slug, format, query: formatQuery(query).toString(), ...chosen },
    });
  } catch (error) {
    unwatch();
    place.release();
    throw error;
  }
  const onEnd = async (state: ExportState, proof: ExportProof): Promise<void> => {
    unwatch();
    if (state === "complete") await inTransaction((client) => workflow.done(client, { custom: proof }));
    else if (!isAllowed) await workflow.failed("Its reader may read it no longer.");
    else await workflow.failed(`The export was ${state === "cancelled" ? "cancelled" : "broken off"}.`);
  };
  try {
    const owner = { id: principal.id, name: principal.name };
    const started = await startExport(slug, scope, query, format, owner, onEnd, place);
    // Who lost the right while the export was starting could not yet be cut off.
    if (!isAllowed) cancelExport(scope.organizationId, place.id);
    return new Response(started.body, {
      headers: {
        "content-type": started.contentType,
        "content-disposition": `attachment; filename="${name ?? stampedName(slug)}.${format}"`,
        "x-export-id": started.id,
        ...(started.total !== null && { "x-total-rows": String(started.total) }),
        "cache-control": "private, no-store, no-transform",
      },
    });
  } catch (error) {
    unwatch();
    await reportFailure(workflow, error);
    throw error;
  }
}

function stampedName(slug: LogSlug): string {
  return `${slug}-${new Date().toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
}
