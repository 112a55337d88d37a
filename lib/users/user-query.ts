import { isRole, type Role } from "@/lib/auth/roles.ts";
import type { ParameterError } from "@/lib/http/problem.ts";
import { type ListedState, listedStates } from "./user.ts";

/** Which accounts are asked for. */
export type UserQuery = {
  /** Part of an address, a name or a login name, in whatever case; empty for all. */
  match: string;
  role: Role | null;
  status: ListedState | null;
  /** The last address of the page before. */
  after: string | null;
};

const names = ["match", "role", "status", "after"];

/** Reads `?match=`, `?role=`, `?status=` and `?after=`; anything else is an error, never left aside. */
export function parseUserQuery(
  params: URLSearchParams,
): { query: UserQuery; errors?: never } | { errors: ParameterError[]; query?: never } {
  const errors: ParameterError[] = [];
  for (const name of new Set(params.keys())) {
    if (!names.includes(name)) errors.push({ parameter: name, reason: "is no parameter of this list" });
    else if (params.getAll(name).length > 1)
      errors.push({ parameter: name, reason: "is given more than once" });
  }
  const match = params.get("match") ?? "";
  if (match.length > 200) errors.push({ parameter: "match", reason: "must have at most 200 characters" });
  if (match.includes("\0")) errors.push({ parameter: "match", reason: "must not contain NUL" });
  // A form sends what is not chosen as an empty text.
  const role = params.get("role") || null;
  if (role !== null && !isRole(role)) errors.push({ parameter: "role", reason: "is no role" });
  const status = params.get("status") || null;
  if (status !== null && !isStatus(status))
    errors.push({ parameter: "status", reason: `must be one of ${listedStates.join(", ")}` });
  const after = params.get("after");
  if (after !== null && (after === "" || after.length > 254 || after.includes("\0")))
    errors.push({ parameter: "after", reason: "is no cursor; take it from the page before" });
  if (errors.length > 0 || (role !== null && !isRole(role)) || (status !== null && !isStatus(status)))
    return { errors };
  return { query: { match, role, status, after } };
}

function isStatus(text: string): text is ListedState {
  return (listedStates as readonly string[]).includes(text);
}
