import "server-only";
import { isRole, roles } from "@/lib/auth/roles.ts";
import { isUuid } from "@/lib/http/id.ts";
import type { ParameterError } from "@/lib/http/problem.ts";
import { type AccessQuery, accessStatuses } from "../access.ts";

const names = ["match", "role", "status", "group", "space", "target", "after"] as const;
const longest = 500;

/** Reads the parameters of a list of people. Empty ones are as none: a form sends all of its fields. */
export function parseAccessQuery(
  params: URLSearchParams,
  own: readonly string[] = [],
): { query: AccessQuery; errors?: undefined } | { query?: undefined; errors: ParameterError[] } {
  const errors: ParameterError[] = [];
  const known: readonly string[] = [...names, ...own];
  for (const parameter of new Set(params.keys())) {
    if (!known.includes(parameter)) errors.push({ parameter, reason: "is not a parameter of this list" });
    else if (params.getAll(parameter).length > 1) errors.push({ parameter, reason: "may be given once" });
    else if ((params.get(parameter)?.length ?? 0) > longest)
      errors.push({ parameter, reason: `must have at most ${longest} characters` });
    else if (params.get(parameter)?.includes("\0"))
      errors.push({ parameter, reason: "must not contain NUL" });
  }
  const given = (name: (typeof names)[number]): string | undefined => params.get(name) || undefined;
  const role = given("role");
  if (role !== undefined && !isRole(role))
    errors.push({ parameter: "role", reason: `must be one of ${roles.join(", ")}` });
  const status = accessStatuses.find((one) => one === given("status"));
  if (given("status") !== undefined && !status)
    errors.push({ parameter: "status", reason: `must be one of ${accessStatuses.join(", ")}` });
  const group = given("group");
  if (group !== undefined && !isUuid(group))
    errors.push({ parameter: "group", reason: "must be the id of a group" });
  if (errors.length > 0) return { errors };
  const [space, target, after] = [given("space"), given("target"), given("after")];
  return {
    query: {
      match: given("match")?.trim() ?? "",
      ...(role !== undefined && isRole(role) && { role }),
      ...(status && { status }),
      ...(group !== undefined && { group }),
      ...(space !== undefined && { space }),
      ...(target !== undefined && { target }),
      ...(after !== undefined && { after }),
    },
  };
}
