import "server-only";
import { forbidden } from "next/navigation";
import { allows, type Principal } from "@/lib/auth/principal.ts";
import type { Permission } from "@/lib/auth/roles.ts";
import { requirePrincipal } from "@/lib/auth/server/current.ts";
import { pageFault } from "@/lib/http/page-fault.ts";
import { Problem } from "@/lib/http/problem.ts";
import { nowInstant } from "@/lib/record/clock.ts";
import { eventOf } from "./event.ts";
import { recordUserEvent } from "./record.ts";

type PageOptions = { permission?: Permission; back?: string; enrolling?: boolean };

/**
 * Does a page's reading: sends strangers to the sign-in page and back, refuses what the person may not see
 * (403), runs `work`, and writes the user event before anything is shown. Errors, redirects and "not found"
 * go on to Next after they were recorded; an error page shows the request's id.
 *
 * @param resource the page's path with its query, as the record names it
 * @param options.back where a stranger comes back to after signing in, when that is not `resource`
 * @param options.enrolling for who must enrol a second factor first too
 */
export async function asPage<T>(
  action: string,
  resource: string,
  work: (principal: Principal) => Promise<T>,
  { permission, back = resource, enrolling = false }: PageOptions = {},
): Promise<T> {
  const started = { time: nowInstant(), clock: performance.now() };
  const principal = await requirePrincipal(back, { enrolling });
  const record = (status: number) =>
    recordUserEvent(eventOf(principal, { action, resource, started, status }));
  try {
    let result: T;
    try {
      if (permission !== undefined && !allows(principal, permission)) forbidden();
      result = await work(principal);
    } catch (error) {
      await record(statusOf(error));
      throw error;
    }
    await record(200);
    return result;
  } catch (error) {
    throw pageFault(error, principal.requestId);
  }
}

/** Next's own errors carry their meaning in `digest`: `NEXT_REDIRECT;…;307;`, `NEXT_HTTP_ERROR_FALLBACK;404`. */
function statusOf(error: unknown): number {
  if (error instanceof Problem) return error.status;
  const digest = error instanceof Error && "digest" in error ? String(error.digest) : "";
  const [, status] = /^NEXT_(?:HTTP_ERROR_FALLBACK|REDIRECT);(?:.*;)?(\d{3});?$/.exec(digest) ?? [];
  return status === undefined ? 500 : Number(status);
}
