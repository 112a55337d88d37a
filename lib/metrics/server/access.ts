import "server-only";
import { timingSafeEqual } from "node:crypto";
import { forbidden, unauthorized } from "@/lib/http/problem.ts";
import { requestFacts } from "@/lib/http/request-facts.ts";
import { sha256 } from "@/lib/record/canonical.ts";

/** Characters that METRICS_TOKEN must have at least. */
export const shortestToken = 16;

/**
 * Lets the metrics be read with `Authorization: Bearer` and METRICS_TOKEN; where no such token is set, from this
 * machine only. A proxy on this machine stands for its clients only when TRUSTED_PROXIES names it: behind a
 * proxy, set a token.
 *
 * @throws Problem 401 for a wrong token, 403 from elsewhere; Error when the token that is set is too short
 */
export function requireMetricsReader(headers: Pick<Headers, "get">): void {
  const expected = process.env["METRICS_TOKEN"] ?? "";
  if (expected === "") {
    if (isLoopback(requestFacts(headers).address) && isOwnName(headers.get("host") ?? "")) return;
    throw forbidden(
      "Metrics are read from the server's own machine, or with METRICS_TOKEN where one is set.",
    );
  }
  if (expected.length < shortestToken)
    throw new Error(`METRICS_TOKEN must have at least ${shortestToken} characters`);
  const [, given = ""] = /^Bearer +(\S+)$/i.exec(headers.get("authorization") ?? "") ?? [];
  // Digests have one length, so the comparison tells nothing about the token's.
  if (!timingSafeEqual(sha256(given), sha256(expected)))
    throw unauthorized("Send METRICS_TOKEN as Authorization: Bearer.");
}

function isLoopback(address: string): boolean {
  return address === "::1" || /^127\.\d+\.\d+\.\d+$/.test(address);
}

/** A page elsewhere that has its own name resolve to this machine still names itself in Host. */
function isOwnName(host: string): boolean {
  return /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/.test(host);
}
