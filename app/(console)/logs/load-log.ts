import "server-only";
import { notFound } from "next/navigation";
import { listParams, searchString } from "@/components/logs/conditions.ts";
import type { FirstPage } from "@/components/logs/use-log-list.ts";
import { logPath } from "@/components/shell/pages.ts";
import { permissionToRead } from "@/lib/auth/principal.ts";
import { parseQuery, type QueryError } from "@/lib/logs/query.ts";
import { listLogs } from "@/lib/logs/server/list.ts";
import { scopeOf } from "@/lib/logs/server/request.ts";
import { isLogSlug, type LogSlug, logView } from "@/lib/logs/views.ts";
import { asPage } from "@/lib/user-events/server/as-page.ts";

/** The log of a page's path, or the page for what is not there. The audit log has its own place, behind the cog. */
export function requireLogPage(slug: string): LogSlug {
  if (!isLogSlug(slug) || slug === "audit-log") notFound();
  return slug;
}

export type SearchParams = { [name: string]: string | string[] | undefined };

type LoadedLog = { userId: string; first: FirstPage | { errors: readonly QueryError[] } };

function urlParams(search: SearchParams): URLSearchParams {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    for (const each of Array.isArray(value) ? value : [value ?? ""]) params.append(name, each);
  }
  return params;
}

/**
 * What the page of a log begins with: its first page of rows, or what is wrong with its address.
 * @param own parameters of the page itself, which are no part of the query
 */
export function loadLog(
  slug: LogSlug,
  search: SearchParams,
  own: readonly string[] = [],
): Promise<LoadedLog> {
  const params = urlParams(search);
  const path = `${logPath(slug)}${searchString(params)}`;
  for (const name of own) params.delete(name);
  return asPage(
    "logs.list",
    path,
    async (principal) => {
      const { userId } = principal;
      const parsed = parseQuery(logView(slug), params);
      if (parsed.errors) return { userId, first: { errors: parsed.errors } };
      const page = await listLogs(slug, scopeOf(principal, slug), parsed.query);
      return { userId, first: { params: listParams(parsed.query).toString(), page } };
    },
    { permission: permissionToRead(slug) },
  );
}
