import { proofWish } from "@/lib/auth/second-factor-wish.ts";
import { renewOwnRecoveryCodes } from "@/lib/auth/server/enrolment.ts";
import { readJson } from "@/lib/http/body.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

const permission = "sign-in:manage-own";

/** New recovery codes in place of all others. They are in this answer and nowhere else. */
export function POST(request: Request): Promise<Response> {
  return asApi(
    request,
    "recovery-codes.renew",
    async (principal) => {
      const recoveryCodes = await renewOwnRecoveryCodes(principal, await readJson(request, proofWish));
      return Response.json({ recoveryCodes }, { status: 201, headers: noStore });
    },
    { permission },
  );
}
