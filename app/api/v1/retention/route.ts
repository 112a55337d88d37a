import { readJson } from "@/lib/http/body.ts";
import { badRequest } from "@/lib/http/problem.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { mostDays } from "@/lib/retention/retention.ts";
import { retentionChange } from "@/lib/retention/retention-change.ts";
import { changeRetention, countRetained, readRetention } from "@/lib/retention/server/settings.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

const permission = "retention:manage";

/** How long recordings are kept, and how many `?days=` would delete; without it, as it is set. */
export function GET(request: Request): Promise<Response> {
  return asApi(
    request,
    "retention.read",
    async ({ organizationId }) => {
      const days = requireDays(new URL(request.url).searchParams);
      const retention = await readRetention(organizationId);
      const recordings = await countRetained(organizationId, days ?? retention.recordingsDays);
      return Response.json({ ...retention, recordings }, { headers: noStore });
    },
    { permission },
  );
}

/** Sets how long recordings are kept. */
export function PATCH(request: Request): Promise<Response> {
  return asApi(
    request,
    "retention.update",
    async (principal) => {
      const retention = await changeRetention(principal, await readJson(request, retentionChange));
      const recordings = await countRetained(principal.organizationId, retention.recordingsDays);
      return Response.json({ ...retention, recordings }, { headers: noStore });
    },
    { permission },
  );
}

function requireDays(params: URLSearchParams): number | undefined {
  const errors = [...new Set(params.keys())]
    .filter((name) => name !== "days")
    .map((parameter) => ({ parameter, reason: "is no parameter of retention" }));
  const [given, ...more] = params.getAll("days");
  const isDays =
    given === undefined || (/^\d{1,5}$/.test(given) && Number(given) >= 1 && Number(given) <= mostDays);
  if (!isDays || more.length > 0)
    errors.push({ parameter: "days", reason: `must be one whole number from 1 to ${mostDays}` });
  if (errors.length > 0) throw badRequest(errors);
  return given === undefined ? undefined : Number(given);
}
