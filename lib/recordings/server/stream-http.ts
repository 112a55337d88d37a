import "server-only";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { readJson } from "@/lib/http/body.ts";
import { notFound, Problem } from "@/lib/http/problem.ts";
import { refuseOnNode, type Wording } from "@/lib/user-events/server/refuse-node.ts";
import { streamChange, streamLimits } from "../stream.ts";
import { requireSender, type Sender } from "./sender.ts";
import { changeStream, createStream, listStreams } from "./streams.ts";

/** Where asciinema 3 makes, changes and looks for streams. */
export const streamPaths = ["/api/v1/streams", "/api/v1/user/streams"] as const;

type Facts = { requestId: string; address: string };
type Answer = { status: number; body: unknown };

/** Answers what asciinema 3 asks about live streams, and programs with a source's token. */
export async function handleStreams(
  request: IncomingMessage,
  response: ServerResponse,
  facts: Facts,
): Promise<void> {
  try {
    const sender = await requireSender(request.headers.authorization);
    const { status, body } = await answerOf(request, sender);
    send(response, status, body);
  } catch (error) {
    await refuseOnNode(request, response, facts, error, "stream.change", asciinemaWording);
  }
}

async function answerOf(request: IncomingMessage, sender: Sender): Promise<Answer> {
  const { method = "", url = "" } = request;
  const { pathname, searchParams } = new URL(url, "http://localhost");
  if (pathname === streamPaths[1]) {
    requireMethod(method, "GET");
    return { status: 200, body: await listStreams(sender, ...listQuery(searchParams)) };
  }
  if (pathname === streamPaths[0]) {
    requireMethod(method, "POST");
    return { status: 201, body: await createStream(sender, await readChange(request)) };
  }
  const [, id] = /^\/api\/v1\/streams\/([1-9]\d{0,14})$/.exec(pathname) ?? [];
  if (id === undefined) throw notFound("There is no such stream of yours.");
  if (method === "DELETE") throw new Problem(403, "A stream stays in the record: it cannot be deleted.");
  requireMethod(method, "PATCH");
  return { status: 200, body: await changeStream(sender, Number(id), await readChange(request)) };
}

function requireMethod(method: string, allow: string): void {
  if (method !== allow)
    throw new Problem(405, `This path takes ${allow}, not ${method}.`, { headers: { allow } });
}

function listQuery(params: URLSearchParams): [prefix: string, limit: number] {
  const limit = Number(params.get("limit") ?? 10);
  const most = streamLimits.listed;
  const ok = Number.isInteger(limit) && limit >= 1 && limit <= most;
  if (!ok) throw invalid("limit", `must be 1 to ${most}`);
  const prefix = params.get("prefix") ?? "";
  if (!/^\d{0,15}$/.test(prefix)) throw invalid("prefix", "must be the beginning of a stream's number");
  return [prefix, limit];
}

function invalid(parameter: string, reason: string): Problem {
  return new Problem(400, `${parameter} ${reason}.`, { errors: [{ parameter, reason }] });
}

async function readChange(request: IncomingMessage) {
  const body = Readable.toWeb(request) as ReadableStream<Uint8Array>;
  const headers = { "content-type": request.headers["content-type"] ?? "" };
  const init = { method: "POST", headers, body, duplex: "half" };
  return await readJson(new Request("http://localhost/", init as RequestInit), streamChange);
}

/** The words that asciinema's own server has for what is wrong. */
const types: { readonly [status: number]: string } = {
  401: "unauthenticated",
  403: "access_denied",
  404: "not_found",
  422: "validation_failed",
  429: "stream_limit_reached",
};

const asciinemaWording: Wording = ({ status: given, body: { detail, errors, requestId } }) => {
  // asciinema shows the message of 404 and 422 alone.
  const status = errors ? 422 : given;
  const details = errors?.map(({ parameter: field, reason: message }) => ({ field, message }));
  const body = { type: types[status] ?? "error", message: detail, ...(details && { details }), requestId };
  return { status, body, type: "application/json" };
};

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "cache-control": "no-store",
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}
