import { v7 as uuidv7 } from "uuid";

/** What every event and log line says about a request. */
export type RequestFacts = { requestId: string; address: string; userAgent: string };

/**
 * Reads the headers that the server sets after it took away those the client sent, `x-daybook-request-id`
 * and `x-daybook-address`. A request that did not come through the server (a test, a script) gets an id of
 * its own and no address.
 */
export function requestFacts(headers: Pick<Headers, "get">): RequestFacts {
  return {
    requestId: headers.get("x-daybook-request-id") ?? uuidv7(),
    address: headers.get("x-daybook-address") ?? "",
    userAgent: (headers.get("user-agent") ?? "").slice(0, 1024),
  };
}

/** The path with its query, for the record; without the origin, cut to what a row holds. */
export function resourceOf(url: string): string {
  const { pathname, search } = new URL(url, "http://localhost");
  return `${pathname}${search}`.slice(0, 8192);
}
