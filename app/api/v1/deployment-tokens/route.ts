import { deploymentTokenWish } from "@/lib/deployment-tokens/deployment-token-wish.ts";
import {
  createDeploymentToken,
  listDeploymentTokens,
} from "@/lib/deployment-tokens/server/deployment-tokens.ts";
import { readJson } from "@/lib/http/body.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

const permission = "sources:manage";

/** Deployment tokens with what paired with them. */
export function GET(request: Request): Promise<Response> {
  return asApi(
    request,
    "deployment-token.list",
    async ({ organizationId }) =>
      Response.json({ deploymentTokens: await listDeploymentTokens(organizationId) }, { headers: noStore }),
    { permission },
  );
}

/** Makes a deployment token, which is in this answer and nowhere else. */
export function POST(request: Request): Promise<Response> {
  return asApi(
    request,
    "deployment-token.create",
    async (principal) => {
      const wish = await readJson(request, deploymentTokenWish);
      return Response.json(await createDeploymentToken(principal, wish), { status: 201, headers: noStore });
    },
    { permission },
  );
}
