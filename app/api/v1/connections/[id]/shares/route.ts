import { readJson } from "@/lib/http/body.ts";
import { requireId } from "@/lib/http/id.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { listAuditors, listShares, shareSession } from "@/lib/shares/server/shares.ts";
import { shareWish } from "@/lib/shares/share-wish.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

const permission = "sessions:share";

type Context = { params: Promise<{ id: string }> };

/** With whom a session is shared, and with whom it could be. */
export async function GET(request: Request, { params }: Context): Promise<Response> {
  const { id } = await params;
  return asApi(
    request,
    "share.list",
    async (principal) => {
      const shares = await listShares(principal, requireId(id));
      const auditors = await listAuditors(principal.organizationId);
      return Response.json({ shares, auditors }, { headers: noStore });
    },
    { permission },
  );
}

/** Shares a session with an auditor. */
export async function POST(request: Request, { params }: Context): Promise<Response> {
  const { id } = await params;
  return asApi(
    request,
    "share.create",
    async (principal) => {
      const wish = await readJson(request, shareWish);
      return Response.json(await shareSession(principal, requireId(id), wish), {
        status: 201,
        headers: noStore,
      });
    },
    { permission },
  );
}
