import { readJson } from "@/lib/http/body.ts";
import { asAnonymous } from "@/lib/user-events/server/as-anonymous.ts";
import { requestReset } from "@/lib/users/server/password-reset.ts";
import { resetRequest } from "@/lib/users/user-wish.ts";

/** Asks for a mail with a link for a new password; the answer is the same whether there is such an account. */
export function POST(request: Request): Promise<Response> {
  return asAnonymous(request, "user.password-reset.request", async (facts) => {
    const { email } = await readJson(request, resetRequest);
    await requestReset(email, facts);
    return { response: new Response(null, { status: 202 }) };
  });
}
