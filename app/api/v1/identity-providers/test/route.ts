import { readJson } from "@/lib/http/body.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { providerProbe } from "@/lib/sso/provider-wish.ts";
import { testProvider } from "@/lib/sso/server/discovery.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** Reads the discovery document and the keys of an issuer, and says what is wrong; nothing is kept. */
export function POST(request: Request): Promise<Response> {
  return asApi(
    request,
    "identity-provider.test",
    async () =>
      Response.json(await testProvider(await readJson(request, providerProbe)), { headers: noStore }),
    { permission: "identity-providers:manage" },
  );
}
