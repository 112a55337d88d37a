import { codeWish } from "@/lib/auth/second-factor-wish.ts";
import { removeSecondFactor } from "@/lib/auth/server/enrolment.ts";
import { readJson } from "@/lib/http/body.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

const permission = "sign-in:manage-own";

/** Takes the caller's second factor away. Not a DELETE: the code must not stand in an address, which is recorded. */
export function POST(request: Request): Promise<Response> {
  return asApi(
    request,
    "second-factor.remove",
    async (principal) => {
      await removeSecondFactor(principal, (await readJson(request, codeWish)).code);
      return new Response(null, { status: 204 });
    },
    { permission },
  );
}
