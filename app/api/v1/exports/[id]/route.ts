import type { Principal } from "@/lib/auth/principal.ts";
import { requireId } from "@/lib/http/id.ts";
import { notFound, Problem } from "@/lib/http/problem.ts";
import { cancelExport } from "@/lib/logs/server/export.ts";
import { type ExportLine, getExport } from "@/lib/logs/server/export-state.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

type Context = { params: Promise<{ id: string }> };

async function requireExport(principal: Principal, id: string): Promise<ExportLine> {
  const found = await getExport(principal.organizationId, requireId(id));
  if (!found || found.actorId !== principal.id) throw notFound("There is no such export.");
  return found;
}

/** State, rows, bytes and SHA-256 of an export. */
export async function GET(request: Request, { params }: Context): Promise<Response> {
  const { id } = await params;
  return asApi(request, "export.read", async (principal) =>
    Response.json(await requireExport(principal, id), { headers: noStore }),
  );
}

/** Cancels a running export. */
export async function DELETE(request: Request, { params }: Context): Promise<Response> {
  const { id } = await params;
  return asApi(request, "export.cancel", async (principal) => {
    const { state } = await requireExport(principal, id);
    if (state !== "running" || !cancelExport(principal.organizationId, id))
      throw new Problem(409, `The export is ${state} already.`);
    return new Response(null, { status: 204 });
  });
}
