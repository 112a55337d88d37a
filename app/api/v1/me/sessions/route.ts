import { listOwnSessions, revokeOtherSessions } from "@/lib/auth/server/revocation.ts";

import { noStore } from "@/lib/logs/server/request.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

const permission = "sign-in:manage-own";

/** Where the caller is signed in. */
export function GET(request: Request): Promise<Response> {
  return asApi(
    request,
    "own-session.list",
    async (principal) => Response.json({ sessions: await listOwnSessions(principal) }, { headers: noStore }),
    { permission },
  );
}

/** Ends all of the caller's sessions but the one that asks. */
export function DELETE(request: Request): Promise<Response> {
  return asApi(
    request,
    "own-session.end-others",
    async (principal) => Response.json({ ended: await revokeOtherSessions(principal) }, { headers: noStore }),
    { permission },
  );
}
