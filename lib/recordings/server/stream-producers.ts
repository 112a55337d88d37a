import "server-only";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pool } from "@/lib/db/client.ts";
import { registerNodeRoute } from "@/lib/http/node-routes.ts";
import { beforeShutdown } from "@/lib/http/shutdown.ts";
import { registerUpgrade } from "@/lib/http/upgrades.ts";
import { toIngestSource } from "@/lib/ingest/server/sources.ts";
import { log } from "@/lib/log.ts";
import { countAnonymousFailure } from "@/lib/user-events/server/anonymous.ts";
import type { LiveSessions, SessionFacts } from "../live-session.ts";
import { StreamSocket } from "./alis-socket.ts";
import { liveSessionsOf } from "./live-store.ts";
import type { StreamAdmission } from "./stream-session.ts";
import { streamOfToken } from "./stream-token.ts";

/** Where producers of live streams connect, as asciinema 3 expects it. */
const producerPath = "/ws/S";

/** Takes in live streams from now on, until the server ends. */
export function listenForStreams(): void {
  const streams = new StreamSocket({
    admit,
    allowed: stillAllowed,
    report: (error) => log().error({ err: error }, "a live stream failed"),
  });
  registerNodeRoute(producerPath, wantsUpgrade);
  let known: AbortSignal | undefined;
  registerUpgrade(producerPath, (request, socket, head, { address, stopping }) => {
    if (known !== stopping) stopping.addEventListener("abort", () => void streams.close(), { once: true });
    known = stopping;
    streams.upgrade(request, socket, head, address);
  });
  beforeShutdown("live streams", () => streams.close());
}

function wantsUpgrade(request: IncomingMessage, response: ServerResponse): void {
  const detail = "Streams are sent over a WebSocket.";
  response.writeHead(426, { "content-type": "application/problem+json", upgrade: "websocket" });
  response.end(JSON.stringify({ type: "about:blank", title: "Upgrade Required", status: 426, detail }));
  request.resume();
}

type Row = Parameters<typeof toIngestSource>[0] & {
  user: string;
  target: string;
  targetUser: string | null;
  title: string | null;
  openLogId: string | null;
};

/** Streams whose source is in use, and whose device and person are too, where they have any. */
const usable = `FROM streams s JOIN sources o ON o.id = s.source_id AND o.disabled_at IS NULL
  LEFT JOIN devices d ON d.id = s.device_id LEFT JOIN users u ON u.id = d.user_id
  WHERE (s.device_id IS NULL OR (d.revoked_at IS NULL AND u.status = 'active'))`;

async function admit(
  token: string,
  _request: IncomingMessage,
  address: string,
): Promise<StreamAdmission | null> {
  const id = streamOfToken(token);
  const found =
    id === undefined
      ? undefined
      : await pool().query<Row>(
          `SELECT o.id, o.organization_id, o.name, o.kind, o.settings, s.user_name AS "user", s.target,
             s.target_user AS "targetUser", s.title,
             (SELECT r.live_key FROM recordings r WHERE r.organization_id = s.organization_id
                AND r.id = s.recording_id AND r.state = 'live') AS "openLogId"
           ${usable} AND s.id = $1`,
          [id],
        );
  const row = found?.rows[0];
  const source = row && toIngestSource(row);
  if (!source || id === undefined) {
    countAnonymousFailure({ action: "stream.send", resource: producerPath, status: 401, address });
    return null;
  }
  const { user, target, targetUser, title, openLogId } = row;
  const sessions = remembering(liveSessionsOf(source), id, { targetUser, clientAddress: address });
  return { sessions, recordId: `stream ${id}`, openLogId, user, target, title };
}

/** Notes which session a stream is, so that a producer that comes back goes on with it. */
function remembering(
  sessions: LiveSessions,
  id: number,
  known: Pick<SessionFacts, "targetUser" | "clientAddress">,
): LiveSessions {
  return {
    ...sessions,
    open: async (facts) => {
      const session = await sessions.open({ ...facts, ...known });
      await pool().query(
        `UPDATE streams s SET recording_id = r.id FROM recordings r
         WHERE s.id = $1 AND r.organization_id = s.organization_id AND r.live_key = $2`,
        [id, session.logId],
      );
      return session;
    },
  };
}

async function stillAllowed(tokens: readonly string[]): Promise<ReadonlySet<string>> {
  const ids = new Map(tokens.map((token) => [String(streamOfToken(token)), token]));
  const found = await pool().query<{ id: string }>(`SELECT s.id ${usable} AND s.id = ANY($1::bigint[])`, [
    [...ids.keys()],
  ]);
  return new Set(found.rows.flatMap(({ id }) => ids.get(id) ?? []));
}
