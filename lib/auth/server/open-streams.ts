import "server-only";
import { pool } from "@/lib/db/client.ts";
import { Problem } from "@/lib/http/problem.ts";
import { log } from "@/lib/log.ts";
import { openShares } from "@/lib/shares/server/shared.ts";
import type { Principal } from "../principal.ts";
import { isSharedOnly } from "../roles.ts";
import { validTokensSql } from "./api-tokens.ts";
import { validSessionsSql } from "./sessions.ts";

/** Between two looks at whether those who read streams may still do so: one question for all of them. */
const lookMs = 500;
/** When so long nobody could be asked for, the streams end: what is not known to be allowed is not. */
const unknownAtMostMs = 4000;
/** Streams that one session or token may have open in one server process. */
export const mostStreams = 100;

/** `right`: what the person may read, as {@link rightsOf} writes it; `connectionId`: of what one session alone tells. */
type Stream = { key: string; right: string; connectionId: string | undefined; end: () => void };
type Watch = { streams: Set<Stream>; timer: NodeJS.Timeout | undefined; lastLook: number };

// The server's bundles share only globalThis.
const store = globalThis as { [watchKey]?: Watch };
const watchKey: unique symbol = Symbol.for("daybook.open-streams");
store[watchKey] ??= { streams: new Set(), timer: undefined, lastLook: 0 };
const watch = store[watchKey];

/** The session or token that a stream stands on. */
function keyOf({ kind, id, sessionId }: Principal): string {
  return kind === "api-key" ? `token ${id}` : `session ${sessionId}`;
}

type Person = Pick<Principal, "role" | "logins" | "sharedOnly" | "reach">;

function rightOf({ role, logins, sharedOnly, reach }: Person): string {
  const seen = reach === "all" ? reach : [[...reach.spaces].sort(), [...reach.targets].sort()];
  return JSON.stringify([role, isSharedOnly(role, sharedOnly), seen, ...logins]);
}

/**
 * Ends a stream within a second once its session or token is no longer good, or its person has another role,
 * other names or another reach; with `connectionId` also once that session is shared no longer with somebody who sees only shared ones.
 *
 * @param end called once at most
 * @returns to be called when the stream ends by itself
 * @throws Problem 429 when the session or token has {@link mostStreams} open
 */
export function watchStream(principal: Principal, end: () => void, connectionId?: string): () => void {
  const stream = { key: keyOf(principal), right: rightOf(principal), connectionId, end };
  const open = [...watch.streams].filter(({ key }) => key === stream.key).length;
  if (open >= mostStreams) {
    const detail = `There are ${mostStreams} streams open already: close one first.`;
    throw new Problem(429, detail, { headers: { "retry-after": "10" } });
  }
  if (watch.streams.size === 0) watch.lastLook = performance.now();
  watch.streams.add(stream);
  schedule();
  return () => watch.streams.delete(stream);
}

function schedule(): void {
  if (watch.streams.size === 0) return;
  watch.timer ??= setTimeout(() => {
    watch.timer = undefined;
    // Those that it was set for may have ended.
    if (watch.streams.size > 0) void look().finally(schedule);
  }, lookMs).unref();
}

/** Never rejects. */
async function look(): Promise<void> {
  const asked = [...watch.streams];
  try {
    const rights = await rightsOf([...new Set(asked.map(({ key }) => key))]);
    watch.lastLook = performance.now();
    endThose(
      asked.filter(({ key, right, connectionId }) => {
        const now = rights.get(key);
        if (now?.right !== right) return true;
        return connectionId !== undefined && now.shared !== null && !now.shared.includes(connectionId);
      }),
    );
  } catch (error) {
    log().warn({ err: error }, "whether open streams are still allowed cannot be told");
    if (performance.now() - watch.lastLook > unknownAtMostMs) endThose(asked);
  }
}

function endThose(streams: readonly Stream[]): void {
  for (const stream of streams) if (watch.streams.delete(stream)) stream.end();
}

/** `shared`: the connections that are shared with who sees no others; null for everybody else. */
type Right = { right: string; shared: string[] | null };

/** What those sessions and tokens may that are valid at this moment. */
async function rightsOf(keys: readonly string[]): Promise<Map<string, Right>> {
  const idsOf = (kind: string): string[] =>
    keys.flatMap((key) => (key.startsWith(kind) ? [key.slice(kind.length + 1)] : []));
  const found = await pool().query<Person & { key: string; shared: string[] }>(
    `SELECT key, role, logins, shared_only AS "sharedOnly", reach, ARRAY(SELECT s.connection_id::text FROM session_shares s
       WHERE v.shared_only AND s.user_id = v.user_id AND ${openShares.text}) AS shared
     FROM (SELECT 'session ' || id AS key, role, logins, shared_only, reach, user_id FROM (${validSessionsSql("$1")}) s
       UNION ALL SELECT 'token ' || id, role, logins, shared_only, reach, user_id FROM (${validTokensSql("$2")}) t) v`,
    [idsOf("session"), idsOf("token")],
  );
  return new Map(
    found.rows.map(({ key, shared, ...person }) => {
      const kept = isSharedOnly(person.role, person.sharedOnly);
      return [key, { right: rightOf(person), shared: kept ? shared : null }];
    }),
  );
}
