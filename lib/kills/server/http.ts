import "server-only";
import type { IncomingMessage, ServerResponse } from "node:http";
import { isUuid, requireId } from "@/lib/http/id.ts";
import type { NodeRequestContext } from "@/lib/http/node-routes.ts";
import { badRequest, notFound, type ParameterError, Problem } from "@/lib/http/problem.ts";
import { asSender, readFields, type SenderAnswer } from "@/lib/recordings/server/as-sender.ts";
import type { Sender } from "@/lib/recordings/server/sender.ts";
import { killReport } from "../kill-report.ts";
import { findKill, type StoredKill, shownKill } from "./kills.ts";
import { reportKill, tellerOf } from "./settle.ts";
import { streamKills } from "./streams.ts";

/** Where sources listen for kills, and report below what became of them. */
export const killsPath = "/api/v1/kills";

/** `GET /api/v1/kills` as server-sent events, and `POST /api/v1/kills/{id}` with what became of one. */
export async function handleKills(
  request: IncomingMessage,
  response: ServerResponse,
  context: NodeRequestContext,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
  const [id, rest] = pathname.slice(killsPath.length + 1).split("/");
  if (id === undefined || id === "") {
    await asSender(request, response, context, "kills.listen", async (sender) => {
      requireMethod(request, "GET");
      return listen(request, response, sender, searchParams);
    });
    return;
  }
  await asSender(request, response, context, "kills.report", async (sender) => {
    if (rest !== undefined) throw notFound("There is nothing at this path.");
    requireMethod(request, "POST");
    return report(request, sender, id);
  });
}

function requireMethod({ method = "" }: IncomingMessage, allow: string): void {
  if (method !== allow)
    throw new Problem(405, `This path takes ${allow}, not ${method}.`, { headers: { allow } });
}

function listen(
  request: IncomingMessage,
  response: ServerResponse,
  sender: Sender,
  params: URLSearchParams,
): SenderAnswer {
  const errors: ParameterError[] = [];
  for (const name of params.keys())
    if (name !== "connection") errors.push({ parameter: name, reason: "is no parameter of kills" });
  const connectionId = params.get("connection") ?? undefined;
  if (connectionId !== undefined && (!isUuid(connectionId) || params.getAll("connection").length > 1))
    errors.push({ parameter: "connection", reason: "must be the id of one connection" });
  const seen = String(request.headers["last-event-id"] ?? "").trim();
  if (!/^\d{0,15}$/.test(seen))
    errors.push({ parameter: "Last-Event-ID", reason: "must be the id of an event of this stream" });
  if (errors.length > 0) throw badRequest(errors);
  return { begin: () => streamKills(response, { sender, connectionId, after: Number(seen) }) };
}

async function report(request: IncomingMessage, sender: Sender, id: string): Promise<SenderAnswer> {
  const kill = await findKill(sender.source.organizationId, requireId(id));
  if (!kill || !isOf(sender, kill)) throw notFound("There is no such kill.");
  const { state, detail } = await readFields(request, killReport);
  if (detail !== undefined && state !== "failed")
    throw badRequest([{ parameter: "detail", reason: "is for a state of failed" }]);
  if (kill.settledAt !== null && state !== "acknowledged" && kill.state !== state)
    throw new Problem(409, `This kill is settled: it is ${kill.state}.`);
  const { source, person } = sender;
  const by = person ? { name: `${person.user} at ${person.target}`, id: source.id } : tellerOf(source);
  return { status: 200, json: shownKill(await reportKill(kill, state, by, detail)) };
}

function isOf({ source, person }: Sender, kill: StoredKill): boolean {
  return kill.sourceId === source.id && (person === undefined || person.user === kill.user);
}
