import { codeWish, proofWish } from "@/lib/auth/second-factor-wish.ts";
import { beginEnrolment, confirmEnrolment } from "@/lib/auth/server/enrolment.ts";
import { readSecondFactor } from "@/lib/auth/server/second-factor.ts";
import { readJson } from "@/lib/http/body.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

const options = { permission: "sign-in:manage-own", enrolling: true } as const;

/** Whether the caller has a second factor, and needs one. */
export function GET(request: Request): Promise<Response> {
  return asApi(
    request,
    "second-factor.read",
    async ({ userId }) => Response.json(await readSecondFactor(userId), { headers: noStore }),
    options,
  );
}

/** Makes a secret for the caller's app; it counts once it is confirmed. */
export function POST(request: Request): Promise<Response> {
  return asApi(
    request,
    "second-factor.begin",
    async (principal) => {
      const secret = await beginEnrolment(principal, await readJson(request, proofWish));
      return Response.json(secret, { status: 201, headers: noStore });
    },
    options,
  );
}

/** Takes the secret into use. The recovery codes are in this answer and nowhere else. */
export function PUT(request: Request): Promise<Response> {
  return asApi(
    request,
    "second-factor.confirm",
    async (principal) => {
      const { code } = await readJson(request, codeWish);
      return Response.json({ recoveryCodes: await confirmEnrolment(principal, code) }, { headers: noStore });
    },
    options,
  );
}
