import { signOut } from "@/lib/auth/server/sign-out.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** Ends the session, everywhere and at once, and takes its cookie away. */
export function POST(request: Request): Promise<Response> {
  return asApi(request, "session.sign-out", signOut, { enrolling: true });
}
