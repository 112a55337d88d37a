import { requestKinds } from "@/lib/ingest/enumerations.ts";
import type { LogView } from "./define.ts";
import type { LogQuery, ParsedQuery, Within } from "./query.ts";
import { formatQuery, parseQuery } from "./query.ts";
import { sessionRequests } from "./views/session-requests.ts";

/** Kinds of connections whose page shows requests in place of a player. */
export type RequestKind = (typeof requestKinds)[number];

export function isRequestKind(kind: unknown): kind is RequestKind {
  return (requestKinds as readonly unknown[]).includes(kind);
}

type Field = keyof (typeof sessionRequests)["columns"];
type Parameter = keyof (typeof sessionRequests)["filters"];

const arrangements: {
  [kind in RequestKind]: { title: string; shown: Field[]; hidden: Field[]; filters: Parameter[] };
} = {
  database: {
    title: "Queries",
    shown: ["time", "durationUs", "outcome", "request", "error", "rowCount", "database"],
    hidden: ["code", "parameters", "user", "targetUser", "clientSoftware", "clientAddress", "place", "id"],
    filters: ["q", "outcome", "duration", "code", "database", "user"],
  },
  http: {
    title: "Requests",
    shown: ["time", "method", "status", "outcome", "request", "durationUs", "bytes", "host"],
    hidden: ["error", "referrer", "clientSoftware", "clientAddress", "user", "targetUser", "place", "id"],
    filters: ["q", "outcome", "status", "method", "duration", "host", "user"],
  },
};

/** The log of requests as the page of one connection shows it: the columns and filters that say something there. */
export function sessionView(kind: RequestKind): LogView {
  const { title, shown, hidden, filters } = arrangements[kind];
  const all: LogView = sessionRequests;
  const column = (field: Field, isHidden: boolean) => {
    const { header, cell } = sessionRequests.columns[field];
    return [field, { header, cell, ...(isHidden && { hidden: true as const }) }] as const;
  };
  return {
    ...all,
    title,
    columns: Object.fromEntries([
      ...shown.map((field) => column(field, false)),
      ...hidden.map((field) => column(field, true)),
    ]),
    filters: Object.fromEntries(filters.map((name) => [name, sessionRequests.filters[name]])),
    links: [],
  };
}

/** Parameters of the page itself, beside those of the log. */
export const ofPage: ReadonlySet<string> = new Set(["tab", "t", "recording"]);

/** Reads what the address asks of the requests of one connection, which come in order of time unless asked otherwise. */
export function parseSessionQuery(view: LogView, within: Within, params: URLSearchParams): ParsedQuery {
  const own = new URLSearchParams([...params].filter(([name]) => !ofPage.has(name)));
  if (!own.has("order")) own.set("order", "asc");
  const parsed = parseQuery(view, own);
  return parsed.errors ? parsed : { query: { ...parsed.query, within } };
}

/** The parameters of the address for a query that {@link parseSessionQuery} reads. */
export function formatSessionQuery(query: LogQuery): URLSearchParams {
  const params = formatQuery(query);
  if (query.order === "asc") params.delete("order");
  else params.set("order", "desc");
  return params;
}
