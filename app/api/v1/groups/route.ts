import { groupBodyLimit, groupWish } from "@/lib/groups/group-wish.ts";
import { createGroup } from "@/lib/groups/server/groups.ts";
import { listGroups } from "@/lib/groups/server/read.ts";
import { readJson } from "@/lib/http/body.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

const permission = "users:manage";

/** The groups of the organization, by name. */
export function GET(request: Request): Promise<Response> {
  return asApi(
    request,
    "group.list",
    async (principal) => Response.json({ groups: await listGroups(principal) }, { headers: noStore }),
    { permission },
  );
}

/** Makes a group. */
export function POST(request: Request): Promise<Response> {
  return asApi(
    request,
    "group.create",
    async (principal) => {
      const wish = await readJson(request, groupWish, groupBodyLimit);
      return Response.json(await createGroup(principal, wish), { status: 201, headers: noStore });
    },
    { permission },
  );
}
