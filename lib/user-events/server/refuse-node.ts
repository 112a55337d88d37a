import "server-only";
import type { IncomingMessage, ServerResponse } from "node:http";
import { problemResponse } from "@/lib/http/problem.ts";
import { countAnonymousFailure } from "./anonymous.ts";

type Facts = { requestId: string; address: string };
type ProblemBody = { detail: string; errors?: { parameter: string; reason: string }[]; requestId: string };

/** How a refusal is worded for a program that reads no problem documents. */
export type Wording = (problem: { status: number; body: ProblemBody }) => {
  status: number;
  body: object;
  /** The media type, where it is no problem document any more. */
  type?: string;
};

/**
 * Answers a request on the bare server that failed, as lib/http/problem.ts says. What is left of its body is not read:
 * the connection ends with the answer. Strangers are counted.
 * @param action names the user event of a stranger
 */
export async function refuseOnNode(
  request: IncomingMessage,
  response: ServerResponse,
  { requestId, address }: Facts,
  error: unknown,
  action: string,
  wording: Wording = (problem) => problem,
): Promise<void> {
  const problem = problemResponse(error, requestId);
  if (problem.status === 401)
    countAnonymousFailure({ action, resource: request.url ?? "", status: 401, address });
  if (response.headersSent || response.destroyed) return;
  const { status, body, type } = wording({
    status: problem.status,
    body: (await problem.json()) as ProblemBody,
  });
  const text = JSON.stringify(body);
  response.writeHead(status, {
    ...Object.fromEntries(problem.headers),
    ...(type !== undefined && { "content-type": type }),
    connection: "close",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
  request.resume();
}
