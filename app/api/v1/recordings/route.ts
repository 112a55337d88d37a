import { validate as isUuid } from "uuid";
import { badRequest, type ParameterError } from "@/lib/http/problem.ts";
import { isInstant } from "@/lib/ingest/rows.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { listRecordings, type RecordingQuery } from "@/lib/recordings/server/list.ts";
import { recordingScope } from "@/lib/recordings/server/read.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** Recordings, newest first. Their upload is taken by the bare server: lib/recordings/server/upload.ts. */
export function GET(request: Request): Promise<Response> {
  return asApi(request, "recordings.list", async (principal) => {
    const query = readQuery(new URL(request.url).searchParams);
    const rows = await listRecordings(recordingScope(principal), { ...query, limit: query.limit + 1 });
    const page = rows.slice(0, query.limit);
    const last = rows.length > query.limit ? page.at(-1) : undefined;
    const nextCursor = last ? `${last.startedAt}_${last.id}` : null;
    return Response.json({ rows: page, nextCursor }, { headers: noStore });
  });
}

const texts = ["user", "target"] as const;
const mostRows = 200;

function readQuery(params: URLSearchParams): RecordingQuery {
  const errors: ParameterError[] = [];
  const query: RecordingQuery = { limit: 50 };
  for (const [name, value] of params) {
    const fault = readParameter(query, name, value);
    if (fault !== undefined) errors.push({ parameter: name, reason: fault });
  }
  if (errors.length > 0) throw badRequest(errors);
  return query;
}

/** @returns what is wrong with it */
function readParameter(query: RecordingQuery, name: string, value: string): string | undefined {
  if (value === "" || value.length > 1024) return "must have 1 to 1024 characters";
  if ((texts as readonly string[]).includes(name)) query[name as (typeof texts)[number]] = value;
  else if (name === "connection") {
    if (!isUuid(value)) return "must be the id of a connection";
    query.connectionId = value;
  } else if (name === "from" || name === "to") {
    if (!isInstant(value)) return "must be a UTC time such as 2026-11-21T08:45:32.506784Z";
    query[name] = value;
  } else if (name === "denied" || name === "deleted") {
    if (value !== "true" && value !== "false") return "must be true or false";
    query[name] = value === "true";
  } else if (name === "limit") {
    if (!/^\d{1,3}$/.test(value) || Number(value) < 1 || Number(value) > mostRows)
      return `must be 1 to ${mostRows}`;
    query.limit = Number(value);
  } else if (name === "cursor") {
    const [startedAt = "", id = ""] = value.split("_");
    if (!isInstant(startedAt) || !isUuid(id)) return "must be the nextCursor of the page before";
    query.after = { startedAt, id };
  } else return "is not a parameter of recordings";
  return undefined;
}
