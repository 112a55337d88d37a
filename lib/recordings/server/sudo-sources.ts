import "server-only";
import { pool } from "@/lib/db/client.ts";
import { env } from "@/lib/env.ts";
import { beforeShutdown } from "@/lib/http/shutdown.ts";
import { hostListHas } from "@/lib/ingest/host-list.ts";
import { toIngestSource } from "@/lib/ingest/server/sources.ts";
import { log } from "@/lib/log.ts";
import type { LiveSessions } from "../live-session.ts";
import { liveSessionsOf } from "./live-store.ts";
import { type SudoPeer, startSudoServer } from "./sudo-server.ts";

/**
 * Listens for sudo's log protocol where SUDO_PORT says so. Which hosts may send, and as which source, is asked
 * for every connection: a source of kind sudo that lists the peer's address.
 */
export async function listenForSudo(): Promise<void> {
  const { SUDO_PORT: port, SUDO_HOST: host } = env();
  if (port === undefined) return;
  const server = await startSudoServer({
    plain: { host, port, from: ["0.0.0.0/0", "::/0"] },
    admit,
    report: (error, peer) => log().error({ err: error, address: peer.address }, "a session of sudo failed"),
  });
  beforeShutdown("sessions of sudo", () => server.close());
}

type Row = Parameters<typeof toIngestSource>[0];

async function admit({ address }: SudoPeer): Promise<LiveSessions | null> {
  const found = await pool().query<Row>(
    `SELECT id, organization_id, name, kind, settings FROM sources
     WHERE kind = 'sudo' AND disabled_at IS NULL AND settings->>'hosts' <> '' ORDER BY created_at, id`,
  );
  const row = found.rows.find(({ settings }) => hostListHas(settings["hosts"] ?? "", address));
  const source = row && toIngestSource(row);
  return source ? liveSessionsOf(source) : null;
}
