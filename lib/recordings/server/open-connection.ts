import "server-only";
import type { IncomingMessage, ServerResponse } from "node:http";
import { validate as isUuid, v5 as uuidv5, v7 as uuidv7 } from "uuid";
import type { z } from "zod";
import { pool } from "@/lib/db/client.ts";
import { env } from "@/lib/env.ts";
import { requireId } from "@/lib/http/id.ts";
import type { NodeRequestContext } from "@/lib/http/node-routes.ts";
import { badRequest, notFound, Problem } from "@/lib/http/problem.ts";
import type { connectionKinds } from "@/lib/ingest/enumerations.ts";
import type { RowDraft } from "@/lib/ingest/rows.ts";
import { submitPost } from "@/lib/ingest/server/queue.ts";
import { inSpace } from "@/lib/ingest/space-setting.ts";
import { nowInstant } from "@/lib/record/clock.ts";
import { storable } from "@/lib/record/text.ts";
import { connectionHappened, connectionWish } from "../connection-wish.ts";
import { asSender, readFields, type SenderAnswer } from "./as-sender.ts";
import type { Sender } from "./sender.ts";
import { recordOfRow } from "./tell.ts";

/** Where a source opens a connection, and tells below what happens to it. */
export const connectionsPath = "/api/v1/connections";

/** Whether a request is one of those below; others at or below {@link connectionsPath} are the API's. */
export function isOfSource({ url = "" }: IncomingMessage): boolean {
  const [path = ""] = url.split("?", 1);
  return path === connectionsPath || /^\/api\/v1\/connections\/[^/]+\/events$/.test(path);
}

/** `POST /api/v1/connections` and `POST /api/v1/connections/{id}/events`, for sources whose names of connections last. */
export async function handleConnections(
  request: IncomingMessage,
  response: ServerResponse,
  context: NodeRequestContext,
): Promise<void> {
  const { pathname } = new URL(request.url ?? "/", "http://localhost");
  const [id] = pathname.slice(connectionsPath.length + 1).split("/");
  const poster = { ...context, userAgent: request.headers["user-agent"] };
  await asSender(request, response, context, "connection.tell", async (sender) => {
    const isOpening = id === undefined || id === "";
    if (request.method !== "POST")
      throw new Problem(405, `This path takes POST, not ${request.method}.`, { headers: { allow: "POST" } });
    if (sender.source.kind.connectionRefs !== "unique")
      throw new Problem(
        403,
        `Sources of kind ${sender.source.kind.name} tell of connections in their records.`,
      );
    if (isOpening) return openConnection(sender, await readFields(request, connectionWish), poster);
    const connection = await requireConnection(sender, requireId(id));
    return tellEvent(sender, connection, await readFields(request, connectionHappened), poster);
  });
}

type Poster = Parameters<typeof submitPost>[1]["poster"];

async function openConnection(
  { source, person }: Sender,
  { ref = uuidv7(), user, target, ...given }: z.output<typeof connectionWish>,
  poster: Poster,
): Promise<SenderAnswer> {
  if (person && user !== undefined && user !== person.user)
    throw badRequest([{ parameter: "user", reason: "must be the device's own person" }]);
  const who = { user: person?.user ?? user, target: target ?? person?.target };
  const missing = (["user", "target"] as const).filter((name) => who[name] === undefined);
  if (who.user === undefined || who.target === undefined)
    throw badRequest(missing.map((parameter) => ({ parameter, reason: "is missing" })));
  const id = uuidv5(storable(ref), source.id);
  const known = await findConnection(source, id);
  if (known && known.user !== who.user) throw new Problem(409, "This name is another connection's.");
  if (!known) {
    const row = { ...given, user: who.user, target: who.target, time: nowInstant(), connectionRef: ref };
    await post(
      { source },
      `open ${ref}`,
      { log: "connection-events", row: { ...row, event: "open", outcome: "allowed" } },
      poster,
    );
  }
  const url = `${env().NEXTAUTH_URL.replace(/\/$/, "")}/connections/${id}`;
  return { status: 201, json: { id, ref, url } };
}

/** A connection that a source or a device may add to. */
type OwnConnection = {
  id: string;
  ref: string;
  user: string;
  target: string;
  targetUser: string | null;
  space: string | null;
  kind: (typeof connectionKinds)[number];
  status: string;
};

async function findConnection(
  { organizationId, id: sourceId }: Sender["source"],
  id: string,
): Promise<OwnConnection | undefined> {
  const found = await pool().query<OwnConnection>(
    `SELECT id, ref, user_name AS "user", target, target_user AS "targetUser", space, kind, status FROM connections
     WHERE organization_id = $1 AND source_id = $2 AND id = $3`,
    [organizationId, sourceId, id],
  );
  return found.rows[0];
}

/** A connection of the source's own, of a device that of its person. @throws Problem 404 for any other */
async function requireConnection({ source, person }: Sender, id: string): Promise<OwnConnection> {
  const found = isUuid(id) ? await findConnection(source, id) : undefined;
  if (!found || (person && person.user !== found.user)) throw notFound("There is no such connection.");
  return found;
}

async function tellEvent(
  sender: Sender,
  { ref, user, target, targetUser, kind, space }: OwnConnection,
  { event, time = nowInstant(), cause }: z.output<typeof connectionHappened>,
  poster: Poster,
): Promise<SenderAnswer> {
  const draft: RowDraft = {
    log: "connection-events",
    row: {
      time,
      user,
      target,
      kind,
      event,
      connectionRef: ref,
      outcome: "allowed",
      ...(targetUser !== null && { targetUser }),
      ...(space !== null && { space }),
      ...(cause !== undefined && { cause }),
    },
  };
  await post(sender, `${event} ${ref} ${time}`, draft, poster);
  return { status: 201, json: { event, time } };
}

/** Stores a record as if the source had posted it to ingestion; resolves after the commit. */
async function post(
  { source }: Pick<Sender, "source">,
  id: string,
  draft: RowDraft,
  poster: Poster,
): Promise<void> {
  const raw = Buffer.from(JSON.stringify(draft.row));
  const record = recordOfRow(storable(id), raw, inSpace(draft, source.settings["space"]));
  const result = await submitPost(source, {
    post: { receivedAt: nowInstant(), records: [record], bytes: raw.length },
    poster,
  });
  if (result.quarantined > 0)
    throw new Problem(409, "A record of this name was sent before, and said otherwise.");
}
