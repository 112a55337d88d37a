import { changeSignInPolicy, readSignInPolicy } from "@/lib/auth/server/sign-in-policy.ts";
import { signInPolicyChange } from "@/lib/auth/sign-in-policy-change.ts";
import { readJson } from "@/lib/http/body.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

const permission = "sign-in-policy:manage";

/** Who needs a second factor, and how long sessions last. */
export function GET(request: Request): Promise<Response> {
  return asApi(
    request,
    "sign-in-policy.read",
    async ({ organizationId }) => Response.json(await readSignInPolicy(organizationId), { headers: noStore }),
    { permission },
  );
}

/** Sets both, for sessions that are open too. */
export function PUT(request: Request): Promise<Response> {
  return asApi(
    request,
    "sign-in-policy.update",
    async (principal) => {
      const policy = await changeSignInPolicy(principal, await readJson(request, signInPolicyChange));
      return Response.json(policy, { headers: noStore });
    },
    { permission },
  );
}
