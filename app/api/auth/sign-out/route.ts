import { signOutEverywhere } from "@/lib/sso/server/sign-out.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** Ends the session, everywhere and at once, and takes its cookie away. `{url}` in the answer is where to go on to. */
export function POST(request: Request): Promise<Response> {
  return asApi(request, "session.sign-out", signOutEverywhere, { enrolling: true });
}
