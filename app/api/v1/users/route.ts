import { readJson } from "@/lib/http/body.ts";
import { badRequest } from "@/lib/http/problem.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";
import { inviteUser } from "@/lib/users/server/invitations.ts";
import { listUsers } from "@/lib/users/server/list-users.ts";
import { parseUserQuery } from "@/lib/users/user-query.ts";
import { userWish } from "@/lib/users/user-wish.ts";

const permission = "users:manage";

/** The people of the organization, by address, a page at a time. */
export function GET(request: Request): Promise<Response> {
  return asApi(
    request,
    "user.list",
    async (principal) => {
      const parsed = parseUserQuery(new URL(request.url).searchParams);
      if (parsed.errors) throw badRequest(parsed.errors);
      return Response.json(await listUsers(principal, parsed.query), { headers: noStore });
    },
    { permission },
  );
}

/** Invites somebody. */
export function POST(request: Request): Promise<Response> {
  return asApi(
    request,
    "user.invite",
    async (principal) => {
      const invitation = await inviteUser(principal, await readJson(request, userWish));
      return Response.json(invitation, { status: 201, headers: noStore });
    },
    { permission },
  );
}
