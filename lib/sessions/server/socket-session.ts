import "server-only";
import type { Principal } from "@/lib/auth/principal.ts";
import { requireId } from "@/lib/http/id.ts";
import { badRequest, notFound } from "@/lib/http/problem.ts";
import { isRequestKind } from "@/lib/logs/session-view.ts";
import type { SessionLog } from "../session-log.ts";
import { findSession } from "./list-sessions.ts";

/**
 * A session as Border0's API addresses it.
 * @param socket the target's id or name
 * @throws Problem 404 when there is none of this id on this target that the principal may see
 */
export async function requireSession(
  principal: Principal,
  socket: string,
  sessionId: string,
): Promise<SessionLog> {
  const session = await findSession(principal, requireId(sessionId));
  if (!session || (session.socket_id !== socket.toLowerCase() && session.socket_name !== socket))
    throw notFound("There is no such session.");
  return session;
}

/**
 * Which recording of a session is its replay, and as what: `recording_id` names one of several, the latest is meant
 * otherwise. A session of requests has no screen; its replay is their text.
 * @throws Problem 400 for another parameter, 404 when there is no such recording of the session
 */
export function replayFile(
  session: SessionLog,
  params: URLSearchParams,
): { recordingId: string; file: "cast" | "text" } {
  const unknown = [...params.keys()].find((name) => name !== "recording_id");
  if (unknown !== undefined)
    throw badRequest([{ parameter: unknown, reason: "is no parameter of a session's replay" }]);
  const [wanted, ...more] = params.getAll("recording_id");
  if (more.length > 0) throw badRequest([{ parameter: "recording_id", reason: "may be given once" }]);
  const recording =
    wanted === undefined
      ? session.recordings.at(-1)
      : session.recordings.find(({ recording_id }) => recording_id === wanted.toLowerCase());
  if (!recording) throw notFound("There is no such recording of this session.");
  return {
    recordingId: recording.recording_id,
    file: isRequestKind(session.session_type) ? "text" : "cast",
  };
}
