import { z } from "zod";
import { readJson } from "@/lib/http/body.ts";
import { requireId } from "@/lib/http/id.ts";
import { dismissQuarantined, replayQuarantined } from "@/lib/ingest/server/replay.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

const wish = z.strictObject({ action: z.enum(["replay", "dismiss"]) });

/** Tries a quarantined record again, or marks it as of no account. */
export async function POST(request: Request, { params }: { params: Promise<{ record: string }> }): Promise<Response> {
  const { record } = await params;
  return asApi(
    request,
    "quarantine.resolve",
    async (principal) => {
      const { action } = await readJson(request, wish);
      const { organizationId, email } = principal;
      if (action === "dismiss") {
        await dismissQuarantined(organizationId, requireId(record), email);
        return Response.json({ rows: 0 }, { headers: noStore });
      }
      return Response.json({ rows: await replayQuarantined(organizationId, requireId(record), email) }, { headers: noStore });
    },
    { permission: "sources:manage" },
  );
}
