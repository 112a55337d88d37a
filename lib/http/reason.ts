import { textFault } from "./body.ts";
import { badRequest } from "./problem.ts";

const limit = 500;

/** The caller's words in `?reason=`, for the audit log. @throws Problem 400 */
export function requireReason(request: Request): string {
  const reason = new URL(request.url).searchParams.get("reason")?.trim() ?? "";
  const fault =
    reason === "" || reason.length > limit ? `must have 1 to ${limit} characters` : textFault(reason);
  if (fault !== undefined) throw badRequest([{ parameter: "reason", reason: fault }]);
  return reason;
}
