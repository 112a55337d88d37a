import "server-only";
import { EventEmitter } from "node:events";
import { pool } from "@/lib/db/client.ts";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import { log } from "@/lib/log.ts";
import { type Scope, scopeSql } from "@/lib/logs/server/sql.ts";
import { stateStream } from "@/lib/logs/server/state-stream.ts";
import { sha256 } from "@/lib/record/canonical.ts";

/** Changes within this time are told at once. */
const togetherMs = 300;
/** Sessions under way that are told apart; more are more than a list shows. */
const most = 1000;

// The bundles of the server share only globalThis: sessions come in through one and are listed through another.
const store = globalThis as { [changes]?: EventEmitter };
const changes: unique symbol = Symbol.for("daybook.sessions-under-way");

function emitter(): EventEmitter {
  store[changes] ??= new EventEmitter().setMaxListeners(0);
  return store[changes];
}

/** A session began or ended, or a recording was worked out. */
export function sessionsChanged(organizationId: string): void {
  emitter().emit(organizationId);
}

/** A text that is another one whenever the sessions under way that somebody may see are others. */
export async function versionOfSessions(scope: Scope): Promise<string> {
  const { text, values } = Prisma.sql`SELECT r.id, r.state, r.denied FROM recordings r
    WHERE ${scopeSql(scope)} AND r.state IN ('live', 'processing') ORDER BY r.id LIMIT ${most}`;
  const { rows } = await pool().query({ text, values });
  return sha256(Buffer.from(JSON.stringify(rows))).toString("base64url");
}

/**
 * Server-sent events for lists of sessions: `sessions` with the version of {@link versionOfSessions}, at once and
 * whenever it is another. `ended` comes last when the reader may read no longer.
 * @param watch called once with what ends the stream; returns what ends the watching
 */
export function sessionsStream(
  scope: Scope,
  signal: AbortSignal,
  watch: (end: () => void) => () => void,
): ReadableStream<Uint8Array> {
  return stateStream("sessions", signal, watch, (tell) => {
    let looking: NodeJS.Timeout | undefined;
    const look = async (): Promise<void> => {
      looking = undefined;
      try {
        tell(await versionOfSessions(scope));
      } catch (error) {
        log().warn({ err: error }, "the sessions under way cannot be read");
      }
    };
    const later = (): void => {
      looking ??= setTimeout(() => void look(), togetherMs);
    };
    emitter().on(scope.organizationId, later);
    void look();
    return {
      // Another process may have changed something.
      onAlive: later,
      stop: () => {
        clearTimeout(looking);
        emitter().off(scope.organizationId, later);
      },
    };
  });
}
