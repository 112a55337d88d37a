import { readJson } from "@/lib/http/body.ts";
import { requireId } from "@/lib/http/id.ts";
import { requireReason } from "@/lib/http/reason.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { providerChange } from "@/lib/sso/provider-wish.ts";
import { changeProvider, deleteProvider, readProvider } from "@/lib/sso/server/providers.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

type Context = { params: Promise<{ id: string }> };

const permission = "identity-providers:manage";

/** One provider, without its secret. */
export async function GET(request: Request, { params }: Context): Promise<Response> {
  const { id } = await params;
  return asApi(
    request,
    "identity-provider.read",
    async ({ organizationId }) =>
      Response.json(await readProvider(organizationId, requireId(id)), { headers: noStore }),
    { permission },
  );
}

/** Sets all of a provider anew; without a client secret the one that is there stays. */
export async function PUT(request: Request, { params }: Context): Promise<Response> {
  const { id } = await params;
  return asApi(
    request,
    "identity-provider.update",
    async (principal) => {
      const change = await readJson(request, providerChange);
      return Response.json(await changeProvider(principal, requireId(id), change), { headers: noStore });
    },
    { permission },
  );
}

/** Removes a provider; accounts that it made or linked stay. `?reason=` goes into the audit log. */
export async function DELETE(request: Request, { params }: Context): Promise<Response> {
  const { id } = await params;
  return asApi(
    request,
    "identity-provider.delete",
    async (principal) => {
      await deleteProvider(principal, requireId(id), requireReason(request));
      return new Response(null, { status: 204 });
    },
    { permission },
  );
}
