import { env } from "@/lib/env.ts";
import { forbidden } from "./problem.ts";

/** Methods that change nothing and may come from a link on another site. */
const safe = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses a request that could have been made by a page of another site with this browser's cookie. A
 * browser states where a request comes from in `Sec-Fetch-Site`, which no page can set, and where that is
 * missing (plain HTTP beyond localhost) in `Origin`. A request that states neither is refused.
 *
 * @throws Problem 403
 */
export function requireSameOrigin(request: Request): void {
  if (safe.has(request.method)) return;
  const site = request.headers.get("sec-fetch-site");
  if (site !== null ? site === "same-origin" : ownOrigin(request)) return;
  throw forbidden("This request does not come from a page of this Daybook.");
}

function ownOrigin(request: Request): boolean {
  const origin = request.headers.get("origin");
  if (origin === null || !URL.canParse(origin)) return false;
  const { host, origin: normal } = new URL(origin);
  return normal === new URL(env().NEXTAUTH_URL).origin || host === request.headers.get("host");
}
