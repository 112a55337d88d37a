import type { ParameterError } from "@/lib/http/problem.ts";

/** Which sessions are asked for, under the names of Border0's API. */
export type SessionQuery = {
  page: number;
  pageSize: number;
  targets: readonly string[];
  users: readonly string[];
  result: "success" | "denied" | undefined;
};

export const sessionLimits = {
  pageSize: 100,
  /** Sessions that pages reach; what lies behind is had from the log of connections. */
  depth: 100_000,
  /** Names in one filter. */
  names: 100,
} as const;

/** Reads the parameters; anything that is none is an error, never left aside. */
export function parseSessionQuery(
  params: URLSearchParams,
): { query: SessionQuery; errors?: never } | { errors: ParameterError[]; query?: never } {
  const query: SessionQuery = { page: 1, pageSize: 20, targets: [], users: [], result: undefined };
  const errors: ParameterError[] = [];
  for (const name of new Set(params.keys())) {
    const reason = read(query, name, params.getAll(name));
    if (reason !== undefined) errors.push({ parameter: name, reason });
  }
  if (errors.length === 0 && query.page * query.pageSize > sessionLimits.depth)
    errors.push({
      parameter: "page",
      reason: `must stay within the first ${sessionLimits.depth} sessions; /api/v1/logs/connections has all`,
    });
  return errors.length > 0 ? { errors } : { query };
}

/** @returns what is wrong with it */
function read(query: SessionQuery, name: string, given: readonly string[]): string | undefined {
  if (name === "socket_names" || name === "user_emails") {
    const names = given.flatMap((each) => each.split(",")).filter((each) => each !== "");
    if (names.length === 0 || names.length > sessionLimits.names)
      return `must have 1 to ${sessionLimits.names} names`;
    if (names.some((each) => each.length > 1024 || each.includes("\0"))) return "holds what is no name";
    query[name === "socket_names" ? "targets" : "users"] = names;
    return undefined;
  }
  const [value = ""] = given;
  if (given.length > 1) return "may be given once";
  if (name === "auth_result") {
    if (value !== "success" && value !== "denied") return "must be success or denied";
    query.result = value;
  } else if (name === "page") {
    if (!/^[1-9]\d{0,5}$/.test(value)) return "must be a number from 1";
    query.page = Number(value);
  } else if (name === "page_size") {
    if (!/^[1-9]\d{0,2}$/.test(value) || Number(value) > sessionLimits.pageSize)
      return `must be 1 to ${sessionLimits.pageSize}`;
    query.pageSize = Number(value);
  } else return "is no parameter of sessions";
  return undefined;
}
