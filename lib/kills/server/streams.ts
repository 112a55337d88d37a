import "server-only";
import type { ServerResponse } from "node:http";
import { pool } from "@/lib/db/client.ts";
import { Problem } from "@/lib/http/problem.ts";
import { log } from "@/lib/log.ts";
import type { Sender } from "@/lib/recordings/server/sender.ts";
import { killLimits } from "../kill.ts";
import { listOpenKills, type StoredKill } from "./kills.ts";

/** One source or device that listens for kills, for all of its connections or for one. */
type Stream = {
  sender: Sender;
  connectionId: string | undefined;
  /** The place of the last kill that was sent. */
  place: number;
  response: ServerResponse;
  /** Sends are one behind the other. */
  sending: Promise<void>;
  lastSign: number;
};
type Hub = { streams: Set<Stream>; timer: NodeJS.Timeout | undefined; heard: Map<string, number> };

/** Between two looks at whether those who listen may still do so. */
const lookMs = 1000;
const heardEveryMs = 60_000;
/** Bytes that a listener may be behind before its stream ends: it comes back where it was. */
const mostBehind = 256 * 1024;

// The server's bundles share only globalThis: kills come from pages and are told by the bare server.
const store = globalThis as { [hubKey]?: Hub };
const hubKey: unique symbol = Symbol.for("daybook.kill-streams");
store[hubKey] ??= { streams: new Set(), timer: undefined, heard: new Map() };
const hub = store[hubKey];

type Connection = Pick<StoredKill, "connectionId" | "sourceId" | "user">;

function covers({ sender, connectionId }: Stream, connection: Connection): boolean {
  if (sender.source.id !== connection.sourceId) return false;
  if (sender.person && sender.person.user !== connection.user) return false;
  return connectionId === undefined || connectionId === connection.connectionId;
}

/** Whether somebody listens for kills of a connection at this moment. */
export function isListening(connection: Connection): boolean {
  return [...hub.streams].some((stream) => covers(stream, connection));
}

/** Tells those who listen that there is a kill. */
export function pokeStreams(kill: Connection): void {
  for (const stream of hub.streams) if (covers(stream, kill)) pump(stream);
}

/**
 * Sends the kills of a sender from now on, until the connection or the right to listen ends.
 * @param after the place of the last kill that the sender has seen; 0 for all that are not settled
 * @throws Problem 429 when there are too many such streams
 */
export async function streamKills(
  response: ServerResponse,
  wish: { sender: Sender; connectionId: string | undefined; after: number },
): Promise<void> {
  const { sender, connectionId, after } = wish;
  requireRoom(sender, connectionId);
  const stream: Stream = {
    sender,
    connectionId,
    place: after,
    response,
    sending: Promise.resolve(),
    lastSign: performance.now(),
  };
  hub.streams.add(stream);
  response.once("close", () => hub.streams.delete(stream));
  try {
    await noteHeard(sender.source.id);
  } catch (error) {
    hub.streams.delete(stream);
    throw error;
  }
  response.writeHead(200, {
    "content-type": "text/event-stream",
    "cache-control": "no-store, no-transform",
    "x-accel-buffering": "no",
  });
  response.write("retry: 2000\n\n");
  pump(stream);
  schedule();
}

/** The devices of all people are one source: each person has room of their own. */
function requireRoom({ source, person }: Sender, connectionId: string | undefined): void {
  const same = [...hub.streams].filter(
    (stream) =>
      stream.sender.source.id === source.id &&
      stream.sender.person?.user === person?.user &&
      (stream.connectionId === undefined) === (connectionId === undefined),
  ).length;
  const most = connectionId === undefined ? killLimits.streams : killLimits.connectionStreams;
  if (same >= most)
    throw new Problem(429, `There are ${most} such streams of this source open already.`, {
      headers: { "retry-after": "10" },
    });
}

/** Sends what is new, behind what is being sent. */
function pump(stream: Stream): void {
  stream.sending = stream.sending
    .then(() => send(stream))
    .catch((error: unknown) => {
      log().error({ err: error, sourceId: stream.sender.source.id }, "kills could not be sent");
      stream.response.destroy();
    });
}

async function send(stream: Stream): Promise<void> {
  const { response, sender, connectionId } = stream;
  const query = { sourceId: sender.source.id, connectionId, user: sender.person?.user };
  for (;;) {
    if (!hub.streams.has(stream)) return;
    const kills = await listOpenKills({ ...query, after: stream.place, limit: killLimits.batch });
    for (const kill of kills) {
      response.write(eventText(kill));
      stream.place = kill.place;
    }
    stream.lastSign = performance.now();
    if (response.writableLength > mostBehind) return void response.destroy();
    if (kills.length < killLimits.batch) return;
  }
}

function eventText(kill: StoredKill): string {
  const { id, connectionId, state, user, target, reason, requestedBy, requestedAt, cause } = kill;
  const message = `This session was ended by ${requestedBy}: ${reason}`.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu,
    " ",
  );
  const told = { id, connectionId, state, user, target, reason, cause, requestedBy, requestedAt, message };
  return `id: ${kill.place}\nevent: kill\ndata: ${JSON.stringify(told)}\n\n`;
}

/** A sign of life for who waits, and the end for who may no longer listen. */
function schedule(): void {
  if (hub.streams.size === 0) return;
  hub.timer ??= setTimeout(() => {
    hub.timer = undefined;
    void look().finally(schedule);
  }, lookMs).unref();
}

/** Never rejects. */
async function look(): Promise<void> {
  try {
    const asked = [...hub.streams];
    const good = await validSenders(asked);
    for (const stream of asked) {
      if (!good.has(stream.sender.credential)) {
        stream.response.end();
        hub.streams.delete(stream);
      } else if (performance.now() - stream.lastSign >= killLimits.heartbeatMs) {
        stream.response.write(":\n\n");
        stream.lastSign = performance.now();
      }
    }
    const due = new Set([...hub.streams].map(({ sender }) => sender.source.id));
    for (const id of due)
      if (performance.now() - (hub.heard.get(id) ?? 0) >= heardEveryMs) await noteHeard(id);
    for (const id of hub.heard.keys()) if (!due.has(id)) hub.heard.delete(id);
  } catch (error) {
    // What is not known to be allowed is not: they come back when the database does.
    log().warn({ err: error }, "whether sources may still listen for kills cannot be told");
    for (const stream of hub.streams) stream.response.end();
    hub.streams.clear();
  }
}

async function validSenders(streams: readonly Stream[]): Promise<Set<string>> {
  const found = await pool().query<{ credential: string }>(
    `SELECT 'source ' || encode(token_hash, 'hex') AS credential FROM sources
     WHERE id = ANY($1) AND disabled_at IS NULL
     UNION ALL SELECT 'device ' || d.id FROM devices d JOIN users u ON u.id = d.user_id
       JOIN sources s ON s.id = d.source_id
     WHERE d.source_id = ANY($1) AND d.revoked_at IS NULL AND u.status = 'active' AND s.disabled_at IS NULL`,
    [[...new Set(streams.map(({ sender }) => sender.source.id))]],
  );
  return new Set(found.rows.map(({ credential }) => credential));
}

async function noteHeard(sourceId: string): Promise<void> {
  hub.heard.set(sourceId, performance.now());
  await pool().query(
    `INSERT INTO source_health (source_id, kills_heard_at) VALUES ($1, now())
     ON CONFLICT (source_id) DO UPDATE SET kills_heard_at = excluded.kills_heard_at`,
    [sourceId],
  );
}
