import { readJson } from "@/lib/http/body.ts";
import { requireId } from "@/lib/http/id.ts";
import { badRequest } from "@/lib/http/problem.ts";
import { requireReason } from "@/lib/http/reason.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";
import { getUser } from "@/lib/users/server/list-users.ts";
import { deleteUser, updateUser } from "@/lib/users/server/manage-users.ts";
import { userChange } from "@/lib/users/user-wish.ts";

type Context = { params: Promise<{ id: string }> };

const permission = "users:manage";

/** One person of the organization. */
export async function GET(request: Request, { params }: Context): Promise<Response> {
  const { id } = await params;
  return asApi(
    request,
    "user.read",
    async (principal) => Response.json(await getUser(principal, requireId(id)), { headers: noStore }),
    { permission },
  );
}

/** Changes an account as it was seen at a version. */
export async function PATCH(request: Request, { params }: Context): Promise<Response> {
  const { id } = await params;
  return asApi(
    request,
    "user.update",
    async (principal) => {
      await updateUser(principal, requireId(id), await readJson(request, userChange));
      return Response.json(await getUser(principal, id), { headers: noStore });
    },
    { permission },
  );
}

/** Deletes an account as it was seen at `?version=`; `?reason=` goes into the audit log. */
export async function DELETE(request: Request, { params }: Context): Promise<Response> {
  const { id } = await params;
  return asApi(
    request,
    "user.delete",
    async (principal) => {
      const reason = requireReason(request);
      const version = requireVersion(new URL(request.url).searchParams);
      const deleted = await deleteUser(principal, requireId(id), { version, reason });
      return Response.json(deleted, { headers: noStore });
    },
    { permission },
  );
}

function requireVersion(params: URLSearchParams): number {
  const [given = "", ...more] = params.getAll("version");
  if (/^[1-9]\d{0,8}$/.test(given) && more.length === 0) return Number(given);
  throw badRequest([{ parameter: "version", reason: "must be the version of the account that was seen" }]);
}
