import { STATUS_CODES } from "node:http";
import { log } from "@/lib/log.ts";

/** What is wrong with one parameter or one field of a body. */
export type ParameterError = { parameter: string; reason: string };

type Details = {
  errors?: readonly ParameterError[];
  headers?: Readonly<Record<string, string>>;
  cause?: unknown;
};

/**
 * An error whose text the client may read: thrown anywhere below a route handler, it becomes an RFC 9457
 * problem document.
 */
export class Problem extends Error {
  override name = "Problem";
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly errors: readonly ParameterError[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  /** @param detail one sentence for a person, without anything the client may not know */
  constructor(status: number, detail: string, { errors, headers = {}, cause }: Details = {}) {
    super(detail, cause === undefined ? undefined : { cause });
    this.status = status;
    this.title = STATUS_CODES[status] ?? "Error";
    this.detail = detail;
    this.errors = errors;
    this.headers = headers;
  }
}

export function badRequest(errors: readonly ParameterError[]): Problem {
  const detail =
    errors.length > 0 ? `${errors.map(wording).join("; ")}.` : "The request cannot be understood.";
  return new Problem(400, detail, { errors });
}

/** Our own reasons go on where the name ends ("limit must be …"); a schema's are sentences. */
function wording({ parameter, reason }: ParameterError): string {
  return `${parameter}${/^[a-z]/.test(reason) ? "" : ":"} ${reason}`.replace(/\.$/, "");
}

export function unauthorized(detail = "Sign in, or send a valid API token."): Problem {
  return new Problem(401, detail, { headers: { "www-authenticate": 'Bearer realm="Daybook"' } });
}

export function forbidden(detail: string): Problem {
  return new Problem(403, detail);
}

export function notFound(detail: string): Problem {
  return new Problem(404, detail);
}

/** What a page shows instead of failing when its reader asked too often: the text of a 429. @throws any other error */
export async function tooMany<T>(
  work: Promise<T>,
): Promise<{ result: T; fault?: undefined } | { result?: undefined; fault: string }> {
  try {
    return { result: await work };
  } catch (error) {
    if (error instanceof Problem && error.status === 429) return { fault: error.detail };
    throw error;
  }
}

/**
 * The answer to a request that failed. A {@link Problem} speaks for itself; anything else is logged in full
 * under the request id and answered without its text.
 */
export function problemResponse(error: unknown, requestId: string): Response {
  const problem = error instanceof Problem ? error : unexpected(error, requestId);
  const body = {
    type: "about:blank",
    title: problem.title,
    status: problem.status,
    detail: problem.detail,
    ...(problem.errors ? { errors: problem.errors } : {}),
    requestId,
  };
  return new Response(JSON.stringify(body), {
    status: problem.status,
    headers: { ...problem.headers, "content-type": "application/problem+json", "cache-control": "no-store" },
  });
}

/** The full disk and the lost database are the only unexpected errors that a client can wait out. */
function unexpected(error: unknown, requestId: string): Problem {
  log().error({ err: error, requestId }, "request failed");
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (/^(?:53\d{3}|57P0[1-3]|08\d{3}|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENOSPC)$/.test(code)) {
    return new Problem(
      503,
      `Daybook cannot reach or extend its store at the moment. Request id ${requestId}.`,
      {
        headers: { "retry-after": "5" },
      },
    );
  }
  return new Problem(500, `Something went wrong inside Daybook. The server's log has it under ${requestId}.`);
}
