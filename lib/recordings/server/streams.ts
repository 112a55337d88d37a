import "server-only";
import { randomInt } from "node:crypto";
import { pool } from "@/lib/db/client.ts";
import { env } from "@/lib/env.ts";
import { badRequest, notFound, Problem } from "@/lib/http/problem.ts";
import { nowInstant } from "@/lib/record/clock.ts";
import { type StreamChange, type StreamLine, streamLimits } from "../stream.ts";
import type { Sender } from "./sender.ts";
import { liveSession } from "./stored-session.ts";
import { streamToken } from "./stream-token.ts";

type Found = {
  id: string;
  user: string;
  title: string | null;
  recordingId: string | null;
  connectionId: string | null;
  live: boolean;
};

const columns = `s.id, s.user_name AS "user", s.title, r.id AS "recordingId", r.connection_id AS "connectionId",
  r.id IS NOT NULL AND r.state = 'live' AS live`;
const joined =
  "streams s LEFT JOIN recordings r ON r.organization_id = s.organization_id AND r.id = s.recording_id";
/** Those of one device, or those that the source's token made. */
const own = "s.source_id = $1 AND s.device_id IS NOT DISTINCT FROM $2";

function owner({ source, person }: Sender): [sourceId: string, deviceId: string | null] {
  return [source.id, person?.device.id ?? null];
}

/** Numbers of streams are drawn from as many as JavaScript draws from at once. */
const mostId = 2 ** 48 - 1;

/**
 * Makes a stream; nothing is live before its producer connects.
 * @throws Problem 400 when a source's token does not say whose it is, 429 when too many were never used
 */
export async function createStream(sender: Sender, change: StreamChange): Promise<StreamLine> {
  const user = sender.person?.user ?? change.user;
  const target = sender.person?.target ?? change.target;
  const missing = (["user", "target"] as const).filter((name) => ({ user, target })[name] === undefined);
  if (user === undefined || target === undefined)
    throw badRequest(missing.map((parameter) => ({ parameter, reason: "is missing" })));
  await forgetUnused(sender);
  const made = await pool().query<{ id: string }>(
    `INSERT INTO streams (id, organization_id, source_id, device_id, user_name, target, target_user, title)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`,
    [
      randomInt(1, mostId),
      sender.source.organizationId,
      ...owner(sender),
      user,
      target,
      sender.person ? null : (change.targetUser ?? null),
      change.title || null,
    ],
  );
  return await readStream(sender, Number(made.rows[0]?.id));
}

async function forgetUnused(sender: Sender): Promise<void> {
  const unused = `${own.replaceAll("s.", "")} AND recording_id IS NULL`;
  await pool().query(`DELETE FROM streams WHERE ${unused} AND created_at < now() - $3 * interval '1 hour'`, [
    ...owner(sender),
    streamLimits.unusedHours,
  ]);
  const left = await pool().query<{ count: number }>(
    `SELECT count(*)::int AS count FROM streams WHERE ${unused}`,
    owner(sender),
  );
  if ((left.rows[0]?.count ?? 0) >= streamLimits.unused)
    throw new Problem(429, `${streamLimits.unused} streams were made and never sent: send one of them.`, {
      headers: { "retry-after": "3600" },
    });
}

/** Gives a stream another title, or ends its session where its producer has not. @throws Problem 404 */
export async function changeStream(sender: Sender, id: number, change: StreamChange): Promise<StreamLine> {
  const found = await findStream(sender, id);
  if (change.title !== undefined)
    await pool().query("UPDATE streams SET title = $2 WHERE id = $1", [id, change.title || null]);
  if (change.live === false && found.recordingId !== null) {
    const end = { at: nowInstant(), exitCode: null, signal: null, dumpedCore: false, error: null };
    // A producer that is connected says itself when it is over, behind all that it sent.
    await liveSession(found.recordingId)?.endOnceLost(end);
  }
  return await readStream(sender, id);
}

/** The sender's streams whose number begins with `prefix`, newest first. */
export async function listStreams(sender: Sender, prefix: string, limit: number): Promise<StreamLine[]> {
  const found = await pool().query<Found>(
    `SELECT ${columns} FROM ${joined} WHERE ${own} AND starts_with(s.id::text, $3)
     ORDER BY s.created_at DESC, s.id LIMIT $4`,
    [...owner(sender), prefix, limit],
  );
  return found.rows.map(toLine);
}

async function readStream(sender: Sender, id: number): Promise<StreamLine> {
  return toLine(await findStream(sender, id));
}

async function findStream(sender: Sender, id: number): Promise<Found> {
  const found = await pool().query<Found>(`SELECT ${columns} FROM ${joined} WHERE ${own} AND s.id = $3`, [
    ...owner(sender),
    id,
  ]);
  const [stream] = found.rows;
  if (!stream) throw notFound("There is no such stream of yours.");
  return stream;
}

function toLine({ id, user, title, connectionId, live }: Found): StreamLine {
  const base = env().NEXTAUTH_URL.replace(/\/$/, "");
  const page =
    live && connectionId !== null
      ? `/connections/${connectionId}`
      : `/recordings?${new URLSearchParams({ user, live: "true" })}`;
  return {
    id: Number(id),
    url: `${base}${page}`,
    ws_producer_url: `${base.replace(/^http/, "ws")}/ws/S/${streamToken(Number(id))}`,
    audio_url: null,
    live,
    title,
    description: null,
    visibility: "private",
  };
}
