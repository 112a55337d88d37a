import { badRequest } from "@/lib/http/problem.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { listTargets } from "@/lib/targets/server/list-targets.ts";
import { parseTargetQuery } from "@/lib/targets/target-query.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** Targets that records named, by name, a page at a time. */
export function GET(request: Request): Promise<Response> {
  return asApi(
    request,
    "target.list",
    async (principal) => {
      const parsed = parseTargetQuery(new URL(request.url).searchParams);
      if (parsed.errors) throw badRequest(parsed.errors);
      return Response.json(await listTargets(principal, parsed.query), { headers: noStore });
    },
    { permission: "targets:manage" },
  );
}
