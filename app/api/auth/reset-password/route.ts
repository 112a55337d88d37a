import { readJson } from "@/lib/http/body.ts";
import { asAnonymous } from "@/lib/user-events/server/as-anonymous.ts";
import { resetByLink } from "@/lib/users/server/password-reset.ts";
import { resetWish } from "@/lib/users/user-wish.ts";

/** Sets a new password, for whoever holds the link of the mail. */
export function POST(request: Request): Promise<Response> {
  return asAnonymous(request, "user.password-reset", async (facts) => {
    const person = await resetByLink(await readJson(request, resetWish), facts);
    return { response: new Response(null, { status: 204 }), person };
  });
}
