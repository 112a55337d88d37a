import "server-only";
import type { IncomingMessage, ServerResponse } from "node:http";
import { looksLikeToken } from "@/lib/auth/server/tokens.ts";
import { Problem } from "@/lib/http/problem.ts";
import { refuseOnNode } from "@/lib/user-events/server/refuse-node.ts";
import { isIngestKind } from "../kinds.ts";
import { ingestLimits } from "../limits.ts";
import { readBody } from "./body.ts";
import { Hold } from "./hold.ts";
import { type IngestSource, preparePost } from "./prepare.ts";
import { submitPost } from "./queue.ts";
import { findSource } from "./sources.ts";
import type { PostResult } from "./store.ts";

/** The path of ingestion: `/api/v1/ingest/{kind}`, or with the source's id behind it. */
export const ingestPath = "/api/v1/ingest";

type Facts = { requestId: string; address: string; outliveRequest?: () => void };

/**
 * Answers a post of records: 200 with what was accepted, duplicate, quarantined and skipped, after the
 * commit. Served on the bare Node server, because a webhook's body must not pass through a proxy's limits
 * and a single record must cost no more than its commit.
 */
export async function handleIngest(
  request: IncomingMessage,
  response: ServerResponse,
  facts: Facts,
): Promise<void> {
  facts.outliveRequest?.();
  try {
    await answer(request, response, facts);
  } catch (error) {
    await refuseOnNode(request, response, facts, error, "ingest.post");
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, facts: Facts): Promise<void> {
  const [kind = "", sourceId, rest] = new URL(request.url ?? "", "http://localhost").pathname
    .slice(ingestPath.length + 1)
    .split("/");
  if (!isIngestKind(kind) || rest !== undefined) throw new Problem(404, "There is no such kind of source.");
  if (request.method !== "POST") {
    throw new Problem(405, "Records are posted.", { headers: { allow: "POST" } });
  }
  const source = await requireSource(request, kind, sourceId);
  const key = idempotencyKey(request);
  const hold = new Hold();
  try {
    const post = await preparePost(source, await readBody(request, hold), key, hold);
    const { requestId, address } = facts;
    const poster = { requestId, address, userAgent: request.headers["user-agent"] };
    const result = await submitPost(source, { post, poster });
    answerStored(response, result, facts);
  } finally {
    hold.release();
  }
}

function answerStored(response: ServerResponse, result: PostResult, facts: Facts): void {
  const text = JSON.stringify({ ...result, requestId: facts.requestId });
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.end(text);
}

async function requireSource(
  request: IncomingMessage,
  kind: string,
  sourceId: string | undefined,
): Promise<IngestSource> {
  const [, bearer] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "") ?? [];
  const header = request.headers["x-access-token"];
  const token = bearer ?? (typeof header === "string" ? header : undefined);
  const source = token !== undefined && looksLikeToken(token, "dbs_") ? await findSource(token) : undefined;
  if (!source) {
    throw new Problem(401, "Send the token of a source as Authorization: Bearer.", {
      headers: { "www-authenticate": 'Bearer realm="Daybook ingestion"' },
    });
  }
  if (source.kind.name !== kind) {
    throw new Problem(403, `This token belongs to a source of kind ${source.kind.name}, not ${kind}.`);
  }
  if (sourceId !== undefined && sourceId !== "" && sourceId !== source.id) {
    throw new Problem(403, "This token belongs to another source than the path names.");
  }
  return source;
}

function idempotencyKey(request: IncomingMessage): string | undefined {
  const key = request.headers["idempotency-key"];
  if (key === undefined) return undefined;
  if (typeof key !== "string" || key === "" || key.length > ingestLimits.idempotencyKey) {
    const reason = `must have 1 to ${ingestLimits.idempotencyKey} characters`;
    throw new Problem(400, `Idempotency-Key ${reason}.`, {
      errors: [{ parameter: "Idempotency-Key", reason }],
    });
  }
  return key;
}
