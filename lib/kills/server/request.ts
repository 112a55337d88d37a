import "server-only";
import { actorOf } from "@/lib/audit/server/actor.ts";
import { runWorkflow } from "@/lib/audit/server/record.ts";
import type { Principal } from "@/lib/auth/principal.ts";
import { reaches } from "@/lib/auth/reach.ts";
import { pool } from "@/lib/db/client.ts";
import { notFound, Problem } from "@/lib/http/problem.ts";
import { log } from "@/lib/log.ts";
import { liveSession } from "@/lib/recordings/server/stored-session.ts";
import type { Kill, KillEnds } from "../kill.ts";
import { findKill, insertKill, type StoredKill, shownKill } from "./kills.ts";
import { isListening, pokeStreams } from "./streams.ts";
import { watchKills } from "./watch.ts";

type Endable = {
  connectionId: string;
  sourceId: string;
  user: string;
  target: string;
  space: string | null;
  status: string;
  /** A recording of it that is under way, and what its end by the host ends. */
  recordingId: string | null;
  killEnds: "command" | "stream" | null;
  /** Whether its source has listened for kills since the connection began. */
  heard: boolean;
};

async function readEndable(organizationId: string, connectionId: string): Promise<Endable | undefined> {
  const found = await pool().query<Endable>(
    `SELECT c.id AS "connectionId", c.source_id AS "sourceId", c.user_name AS "user", c.target, c.space, c.status,
       r.id AS "recordingId", r.kill_ends AS "killEnds", coalesce(h.kills_heard_at >= c.time, false) AS heard
     FROM connections c
     LEFT JOIN recordings r ON r.organization_id = c.organization_id AND r.connection_id = c.id AND r.state = 'live'
     LEFT JOIN source_health h ON h.source_id = c.source_id
     WHERE c.organization_id = $1 AND c.id = $2 ORDER BY r.started_at DESC LIMIT 1`,
    [organizationId, connectionId],
  );
  return found.rows[0];
}

function endsOf(row: Endable): KillEnds {
  if (row.status === "closed") return null;
  if (row.killEnds !== null) return row.killEnds;
  return row.heard || isListening(row) ? "source" : null;
}

/** What a request for the end of a connection would end; null when it is over or nobody can be told. */
export async function killEndsOf(organizationId: string, connectionId: string): Promise<KillEnds> {
  const row = await readEndable(organizationId, connectionId);
  return row === undefined ? null : endsOf(row);
}

/**
 * Asks for the end of a connection, and tells its host when that listens. A request that cannot be delivered now
 * waits: over restarts, until the host comes back or the connection is over.
 * @param cause of the connection's closing; who asked for it when absent
 * @returns the request, acknowledged when the host was told at once
 * @throws Problem 404, or 409 when it is over, nobody can be told, or its end was asked for already
 */
export async function requestKill(
  principal: Principal,
  connectionId: string,
  reason: string,
  cause = `ended by ${principal.email}`,
): Promise<Kill> {
  const { organizationId, email } = principal;
  const row = await readEndable(organizationId, connectionId);
  if (!row || !reaches(principal.reach, row)) throw notFound("There is no such connection.");
  const ends = endsOf(row);
  const { user, target, sourceId, recordingId } = row;
  const id = await runWorkflow<string>(
    {
      actor: actorOf(principal),
      workflowType: "session:end-request",
      target: { name: `${user} on ${target}`, id: connectionId },
      custom: { connectionId, reason, cause, ends, ...(recordingId !== null && { recordingId }) },
      updated: (killId) => ({ killId }),
    },
    async (client) => {
      if (row.status === "closed") throw new Problem(409, "The session is over.");
      if (ends === null)
        throw new Problem(409, "Nobody can be told to end this session: its source does not listen.");
      const wish = { organizationId, connectionId, sourceId, reason, cause, requestedBy: email };
      const made = await insertKill(client, wish);
      if (made === undefined) throw new Problem(409, "The end of this session was asked for already.");
      return made;
    },
  );
  return shownKill(await deliver(organizationId, id, recordingId));
}

async function deliver(organizationId: string, id: string, recordingId: string | null): Promise<StoredKill> {
  const kill = await findKill(organizationId, id);
  if (!kill) throw new Error("A kill vanished before it was delivered");
  watchKills();
  pokeStreams(kill);
  if (recordingId === null) return kill;
  try {
    await liveSession(recordingId)?.kill(kill);
  } catch (error) {
    log().warn({ err: error, killId: id }, "a session's host could not be told to end it; it is told later");
  }
  return (await findKill(organizationId, id)) ?? kill;
}
