import "server-only";
import { allows, ownNames, ownRowsOnly, type Principal, permissionToRead } from "@/lib/auth/principal.ts";
import { badRequest, forbidden, notFound } from "@/lib/http/problem.ts";
import { type LogQuery, parseQuery } from "../query.ts";
import { isLogSlug, type LogSlug, logView } from "../views.ts";
import type { Scope, Whereabouts } from "./sql.ts";

/** What every request on a log needs: which log, whose rows, which of them. */
export type LogRequest = { slug: LogSlug; scope: Scope; query: LogQuery };

/** The log of a path, when the principal may read it. @throws Problem 404 or 403 */
export function requireLog(principal: Principal, slug: string): { slug: LogSlug; scope: Scope } {
  if (!isLogSlug(slug)) throw notFound("There is no such log.");
  const permission = permissionToRead(slug);
  if (!allows(principal, permission)) throw forbidden(`This needs the permission ${permission}.`);
  return { slug, scope: scopeOf(principal, slug) };
}

/** How the rows of each log tell the session that they are of; what a person does in Daybook is of none. */
const sessionOf = {
  commands: "connection_id",
  "kubernetes-commands": "command",
  "kubernetes-api-calls": "connection_id",
  connections: "id",
  "connection-events": "connection_id",
  "session-requests": "connection_id",
  "user-events": undefined,
  "audit-log": undefined,
} as const satisfies { [log in LogSlug]: NonNullable<Scope["shared"]>["by"] | undefined };

/** How the rows of each log tell where it happened; what a person does in Daybook happens in no space. */
const whereaboutsOf = {
  commands: "space and target",
  "kubernetes-commands": "cluster",
  "kubernetes-api-calls": "cluster",
  connections: "space and target",
  "connection-events": "space and target",
  "session-requests": "space and target",
  "user-events": undefined,
  "audit-log": undefined,
} as const satisfies { [log in LogSlug]: Whereabouts | undefined };

/**
 * The rows of a log that a principal may see, who may read it. Steps of the audit log are nobody's own, and nobody's
 * at all whose reach is not everything. Who sees only shared sessions, or only some spaces and targets, has besides
 * them only what they did themselves in Daybook.
 */
export function scopeOf(principal: Principal, log: LogSlug): Scope {
  const { organizationId, userId, sharedOnly, reach } = principal;
  const limited = sharedOnly || reach !== "all";
  if (log === "audit-log") return limited ? { organizationId, users: [] } : { organizationId };
  const by = sessionOf[log];
  const whereabouts = whereaboutsOf[log];
  const ownOnly = ownRowsOnly(principal) || (limited && (by === undefined || whereabouts === undefined));
  return {
    organizationId,
    ...(ownOnly && { users: ownNames(principal) }),
    ...(sharedOnly && by !== undefined && { shared: { userId, by } }),
    ...(reach !== "all" && whereabouts !== undefined && { within: { reach, by: whereabouts } }),
  };
}

/**
 * Reads a request on a log.
 * @param own parameters of the route itself, which are no part of the query
 * @throws Problem 404, 403, or 400 that names each bad parameter
 */
export function readLogRequest(
  request: Request,
  principal: Principal,
  slug: string,
  own: readonly string[] = [],
): LogRequest & { own: URLSearchParams } {
  const log = requireLog(principal, slug);
  const params = new URL(request.url).searchParams;
  const ownParams = new URLSearchParams();
  for (const name of own) {
    const [value, ...more] = params.getAll(name);
    if (more.length > 0) throw badRequest([{ parameter: name, reason: "may be given once" }]);
    if (value !== undefined) ownParams.set(name, value);
    params.delete(name);
  }
  const parsed = parseQuery(logView(log.slug), params);
  if (parsed.errors) throw badRequest(parsed.errors);
  return { ...log, query: parsed.query, own: ownParams };
}

/** Answers of the API are a person's own: no cache keeps them. */
export const noStore = { "cache-control": "private, no-store" };
