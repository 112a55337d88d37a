import "server-only";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ZodType } from "zod";
import { textFault } from "@/lib/http/body.ts";
import type { NodeRequestContext } from "@/lib/http/node-routes.ts";
import { badRequest, Problem, problemResponse } from "@/lib/http/problem.ts";
import { resourceOf } from "@/lib/http/request-facts.ts";
import { nowInstant } from "@/lib/record/clock.ts";
import { countAnonymousFailure } from "@/lib/user-events/server/anonymous.ts";
import { outcomeOf } from "@/lib/user-events/server/event.ts";
import { recordUserEvent } from "@/lib/user-events/server/record.ts";
import { requireAnySender, type Sender } from "./sender.ts";

type Facts = Pick<NodeRequestContext, "requestId" | "address">;

/** What a sender is answered: JSON, or a stream that begins once the request is on record. */
export type SenderAnswer = { status: number; json: unknown } | { begin: () => Promise<void> };

/**
 * Serves one request of a source or a device on the bare server: finds out who sends, runs the handler, and
 * writes the user event before the answer leaves. Errors become problem documents.
 * @param action names the event, as in `kills.listen`
 */
export async function asSender(
  request: IncomingMessage,
  response: ServerResponse,
  { requestId, address }: Facts,
  action: string,
  handler: (sender: Sender) => Promise<SenderAnswer>,
): Promise<void> {
  const started = { time: nowInstant(), clock: performance.now() };
  const resource = resourceOf(request.url ?? "/");
  let sender: Sender | undefined;
  const record = async (status: number): Promise<void> => {
    if (!sender) return;
    const { source, person } = sender;
    await recordUserEvent({
      organizationId: source.organizationId,
      time: started.time,
      user: person?.user ?? source.name,
      actorType: "source",
      actorId: source.id,
      action,
      resource,
      outcome: outcomeOf(status),
      status,
      clientAddress: address,
      userAgent: request.headers["user-agent"] ?? "",
      durationUs: Math.round((performance.now() - started.clock) * 1000),
      requestId,
      count: 1,
    });
  };
  try {
    sender = await requireAnySender(request.headers);
    const answer = await handler(sender);
    if ("begin" in answer) {
      await record(200);
      await answer.begin();
      return;
    }
    await record(answer.status);
    send(response, answer.status, { "content-type": "application/json" }, JSON.stringify(answer.json));
  } catch (error) {
    const problem = problemResponse(error, requestId);
    if (problem.status === 401) countAnonymousFailure({ action, resource, status: 401, address });
    else await record(problem.status);
    // What is left of the body is not read: the connection ends with the answer.
    const headers = { ...Object.fromEntries(problem.headers), connection: "close" };
    send(response, problem.status, headers, await problem.text());
    request.resume();
  }
}

function send(
  response: ServerResponse,
  status: number,
  headers: { [name: string]: string },
  text: string,
): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    "cache-control": "no-store",
    ...headers,
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}

/** Bytes of a body with a few fields. */
const mostBytes = 16 * 1024;

/**
 * The fields of a small body, as JSON or as a form: shell scripts write the latter safely.
 * @throws Problem 400 that names each wrong field, 413, 415
 */
export async function readFields<T>(request: IncomingMessage, schema: ZodType<T>): Promise<T> {
  const type = request.headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase();
  const isForm = type === "application/x-www-form-urlencoded";
  if (!isForm && type !== "application/json")
    throw new Problem(415, "Send application/json or application/x-www-form-urlencoded.");
  const text = await readText(request);
  const checked = schema.safeParse(isForm ? formOf(text) : jsonOf(text));
  if (!checked.success)
    throw badRequest(
      checked.error.issues.map(({ path, message }) => ({
        parameter: path.join(".") || "body",
        reason: message,
      })),
    );
  for (const [parameter, value] of Object.entries(checked.data as { [name: string]: unknown })) {
    const reason = typeof value === "string" ? textFault(value) : undefined;
    if (reason !== undefined) throw badRequest([{ parameter, reason }]);
  }
  return checked.data;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw badRequest([{ parameter: "body", reason: "is not JSON" }]);
  }
}

/** Empty fields are fields that are not there: a script need not leave them out. */
function formOf(text: string): { [name: string]: string } {
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (fields.has(name)) throw badRequest([{ parameter: name, reason: "is given twice" }]);
    if (value !== "") fields.set(name, value);
  }
  return Object.fromEntries(fields);
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > mostBytes) throw new Problem(413, `The body must not have more than ${mostBytes} bytes.`);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(400, "The body was cut off.", { cause: error });
  }
  return Buffer.concat(chunks).toString("utf8");
}
