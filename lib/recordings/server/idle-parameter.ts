import "server-only";
import { badRequest } from "@/lib/http/problem.ts";

/** `?idle=` in seconds; undefined without one. @throws Problem 400 */
export function idleParameter(request: Request): number | undefined {
  const text = new URL(request.url).searchParams.get("idle");
  if (text === null) return undefined;
  const seconds = Number(text);
  if (!/^\d{1,3}(\.\d)?$/.test(text) || seconds < 0.5 || seconds > 60)
    throw badRequest([{ parameter: "idle", reason: "must be 0.5 to 60 seconds" }]);
  return seconds;
}
