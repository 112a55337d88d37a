import { readJson } from "@/lib/http/body.ts";
import { requireId } from "@/lib/http/id.ts";
import { dismissRecord, replayRecord } from "@/lib/ingest/server/quarantine-workflows.ts";
import { recordResolution } from "@/lib/ingest/source-change.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

type Context = { params: Promise<{ id: string; record: string }> };

/** Tries a quarantined record again, or marks it as of no account; `reason` goes into the audit log. */
export async function POST(request: Request, { params }: Context): Promise<Response> {
  const { id, record } = await params;
  return asApi(
    request,
    "quarantine.resolve",
    async (principal) => {
      const { action, reason } = await readJson(request, recordResolution);
      if (action === "dismiss") {
        await dismissRecord(principal, requireId(id), requireId(record), reason);
        return Response.json({ rows: 0 }, { headers: noStore });
      }
      const rows = await replayRecord(principal, requireId(id), requireId(record));
      return Response.json({ rows }, { headers: noStore });
    },
    { permission: "sources:manage" },
  );
}
