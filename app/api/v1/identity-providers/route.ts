import { readJson } from "@/lib/http/body.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { providerWish } from "@/lib/sso/provider-wish.ts";
import { createProvider, listProviders } from "@/lib/sso/server/providers.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

const permission = "identity-providers:manage";

/** The providers of the organization, without their secrets. */
export function GET(request: Request): Promise<Response> {
  return asApi(
    request,
    "identity-provider.list",
    async ({ organizationId }) =>
      Response.json({ providers: await listProviders(organizationId) }, { headers: noStore }),
    { permission },
  );
}

/** Adds a provider. */
export function POST(request: Request): Promise<Response> {
  return asApi(
    request,
    "identity-provider.create",
    async (principal) =>
      Response.json(await createProvider(principal, await readJson(request, providerWish)), {
        status: 201,
        headers: noStore,
      }),
    { permission },
  );
}
