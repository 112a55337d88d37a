import { validate as isUuid } from "uuid";
import { badRequest, type ParameterError } from "@/lib/http/problem.ts";
import { connectionKindOf, connectionKinds } from "@/lib/ingest/enumerations.ts";
import { isInstant } from "@/lib/ingest/rows.ts";
import { parseSpan } from "@/lib/logs/time.ts";

/** What a list of recordings, or a search in them, may be narrowed to. Bounds: `from` included, `to` not. */
export type RecordingFilters = {
  user?: string;
  target?: string;
  kind?: (typeof connectionKinds)[number];
  /** At least so long, as a span such as `10m`. */
  longer?: string;
  connectionId?: string;
  from?: string;
  to?: string;
  denied?: boolean;
  /** Whether it is under way. */
  live?: boolean;
  deleted?: boolean;
  /** Under a legal hold. */
  held?: boolean;
  /** Only these. */
  ids?: readonly string[];
};

/** A page of them. `after` is the last row of the page before. */
export type RecordingQuery = RecordingFilters & {
  after?: { startedAt: string; id: string };
  limit: number;
};

const texts = ["user", "target"] as const;
const mostRows = 200;

/**
 * Reads the parameters of the API's list of recordings.
 * @param others parameters that the caller reads
 * @throws ApiError 400 that names each wrong one
 */
export function readRecordingParameters(
  params: URLSearchParams,
  others: readonly string[] = [],
): RecordingQuery {
  const errors: ParameterError[] = [];
  const query: RecordingQuery = { limit: 50 };
  for (const [name, value] of params) {
    const fault = others.includes(name) ? undefined : readParameter(query, name, value);
    if (fault !== undefined) errors.push({ parameter: name, reason: fault });
  }
  if (errors.length > 0) throw badRequest(errors);
  return query;
}

/** @returns what is wrong with it */
function readParameter(query: RecordingQuery, name: string, value: string): string | undefined {
  if (value === "" || value.length > 1024) return "must have 1 to 1024 characters";
  if (value.includes("\0")) return "must not contain NUL";
  if ((texts as readonly string[]).includes(name)) query[name as (typeof texts)[number]] = value;
  else if (name === "kind") {
    const kind = connectionKindOf(value);
    if (!kind) return `must be one of ${connectionKinds.join(", ")}`;
    query.kind = kind;
  } else if (name === "longer") {
    if (parseSpan(value) === undefined) return "must be a span such as 10m or 2h";
    query.longer = value;
  } else if (name === "connection") {
    if (!isUuid(value)) return "must be the id of a connection";
    query.connectionId = value;
  } else if (name === "from" || name === "to") {
    if (!isInstant(value)) return "must be a UTC time such as 2026-11-21T08:45:32.506784Z";
    query[name] = value;
  } else if (name === "denied" || name === "deleted" || name === "live" || name === "held") {
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
