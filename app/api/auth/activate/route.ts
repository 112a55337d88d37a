import { readJson } from "@/lib/http/body.ts";
import { asAnonymous } from "@/lib/user-events/server/as-anonymous.ts";
import { activate } from "@/lib/users/server/activation.ts";
import { activationWish } from "@/lib/users/user-wish.ts";

/** Makes an invited account active, for whoever holds its link. */
export function POST(request: Request): Promise<Response> {
  return asAnonymous(request, "user.activate", async (facts) => {
    const person = await activate(await readJson(request, activationWish), facts);
    return { response: new Response(null, { status: 204 }), person };
  });
}
