import "server-only";
import net from "node:net";
import { authorityCertificate, serverIdentity } from "@/lib/certificates/server/authority.ts";
import { pool } from "@/lib/db/client.ts";
import { env } from "@/lib/env.ts";
import { beforeShutdown } from "@/lib/http/shutdown.ts";
import { hostListHas } from "@/lib/ingest/host-list.ts";
import { toIngestSource } from "@/lib/ingest/server/sources.ts";
import { log } from "@/lib/log.ts";
import { countAnonymousFailure } from "@/lib/user-events/server/anonymous.ts";
import { type LiveSessions, SessionRefused } from "../live-session.ts";
import { liveSessionsOf } from "./live-store.ts";
import type { SudoPeer } from "./sudo-doorkeeper.ts";
import { type SudoServer, startSudoServer } from "./sudo-server.ts";

/**
 * Listens for sudo's log protocol where SUDO_PORT and SUDO_TLS_PORT say so. Which hosts may send, and as which
 * source, is asked for every connection: over TLS the source of the client's certificate, else a source of kind
 * sudo that lists the peer's address.
 *
 * @param ports 0 for any that is free
 * @returns the server, or undefined when neither port is set
 */
export async function listenForSudo(
  ports: { plain?: number | undefined; tls?: number | undefined } = {
    plain: env().SUDO_PORT,
    tls: env().SUDO_TLS_PORT,
  },
): Promise<SudoServer | undefined> {
  const { SUDO_HOST: host } = env();
  if (ports.plain === undefined && ports.tls === undefined) return undefined;
  const server = await startSudoServer({
    ...(ports.plain !== undefined && { plain: { host, port: ports.plain, from: ["0.0.0.0/0", "::/0"] } }),
    ...(ports.tls !== undefined && { tls: { host, port: ports.tls, ...(await tlsFiles()) } }),
    admit: (peer) => (peer.certificate ? admitCertificate(peer.certificate, peer) : admitAddress(peer)),
    refused: (peer, reason) => {
      recordRefusal(peer, reason).catch((error: unknown) =>
        log().error({ err: error, address: peer.address, reason }, "a refusal could not be recorded"),
      );
    },
    expelled,
    report: (error, peer) => log().error({ err: error, address: peer?.address }, "a session of sudo failed"),
  });
  beforeShutdown("sessions of sudo", () => server.close());
  return server;
}

/** The name under which hosts find Daybook, as a certificate has it. */
async function tlsFiles(): Promise<{ cert: string; key: string; ca: string }> {
  const name = new URL(env().NEXTAUTH_URL).hostname.replace(/^\[|\]$/g, "");
  const loopback = name === "localhost" || net.isIP(name) !== 0 ? ["127.0.0.1", "::1"] : [];
  const { certificate, key } = await serverIdentity([...new Set([name, ...loopback])]);
  return { cert: certificate, key, ca: await authorityCertificate() };
}

type Row = Parameters<typeof toIngestSource>[0];

/** Whom a connection that is open was taken for. */
const known = new WeakMap<SudoPeer, { sourceId: string }>();

function sessionsFor(peer: SudoPeer, row: Row): LiveSessions | null {
  const source = toIngestSource(row);
  if (!source) return null;
  known.set(peer, { sourceId: source.id });
  return liveSessionsOf(source);
}

async function admitAddress(peer: SudoPeer): Promise<LiveSessions | null> {
  const found = await pool().query<Row>(
    `SELECT id, organization_id, name, kind, settings FROM sources
     WHERE kind = 'sudo' AND disabled_at IS NULL AND settings->>'hosts' <> '' ORDER BY created_at, id`,
  );
  const row = found.rows.find(({ settings }) => hostListHas(settings["hosts"] ?? "", peer.address));
  return row ? sessionsFor(peer, row) : null;
}

/** Why a certificate that Daybook issued lets nobody in. */
const fault = `CASE WHEN c.revoked_at IS NOT NULL THEN 'This host''s client certificate was revoked'
  WHEN c.ends_at <= now() THEN 'This host''s client certificate has expired'
  WHEN s.disabled_at IS NOT NULL THEN 'The source of this host''s client certificate is stopped' END`;

async function admitCertificate(
  { fingerprint256 }: NonNullable<SudoPeer["certificate"]>,
  peer: SudoPeer,
): Promise<LiveSessions | null> {
  const found = await pool().query<Row & { fault: string | null }>(
    `SELECT s.id, s.organization_id, s.name, s.kind, s.settings, ${fault} AS fault
     FROM source_certificates c JOIN sources s ON s.id = c.source_id WHERE c.fingerprint = $1`,
    [fingerprint256],
  );
  const [row] = found.rows;
  if (!row) throw new SessionRefused("Daybook does not know this host's client certificate");
  if (row.fault !== null) throw new SessionRefused(row.fault);
  await pool().query("UPDATE source_certificates SET last_used_at = now() WHERE fingerprint = $1", [
    fingerprint256,
  ]);
  return sessionsFor(peer, row);
}

/** Who came in and is let in no more: under a certificate that is over, or as a source that was stopped. */
async function expelled(open: readonly SudoPeer[]): Promise<Map<SudoPeer, string>> {
  const fingerprints = open.flatMap(({ certificate }) => certificate?.fingerprint256 ?? []);
  const sources = open.flatMap((peer) => known.get(peer)?.sourceId ?? []);
  const found = await pool().query<{ key: string; fault: string }>(
    `SELECT c.fingerprint AS key, ${fault} AS fault FROM source_certificates c JOIN sources s ON s.id = c.source_id
     WHERE c.fingerprint = ANY($1) AND (${fault}) IS NOT NULL
     UNION ALL SELECT id::text, 'The source ' || name || ' is stopped' FROM sources
     WHERE id = ANY($2::uuid[]) AND disabled_at IS NOT NULL`,
    [fingerprints, sources],
  );
  const faults = new Map(found.rows.map(({ key, fault: reason }) => [key, reason]));
  return new Map(
    open.flatMap((peer) => {
      const reason =
        faults.get(peer.certificate?.fingerprint256 ?? "") ?? faults.get(known.get(peer)?.sourceId ?? "");
      return reason === undefined ? [] : [[peer, reason] as const];
    }),
  );
}

/**
 * Writes down who was not let in: with the certificate where Daybook issued it, and as a user event of its
 * organization, summed by minute; of anybody else as an event of the organization that was made first.
 */
async function recordRefusal({ address, certificate }: SudoPeer, reason: string): Promise<void> {
  const event = { action: "sudo.connect", status: 403, address };
  const found = await pool().query<{ organizationId: string; name: string; source: string }>(
    `UPDATE source_certificates c SET refused_at = now(), refused_for = $2 FROM sources s
     WHERE c.fingerprint = $1 AND s.id = c.source_id
     RETURNING c.organization_id AS "organizationId", c.name, s.name AS source`,
    [certificate?.fingerprint256 ?? "", reason],
  );
  const [row] = found.rows;
  if (!row) {
    countAnonymousFailure({ ...event, resource: `sudo: ${reason}` });
    return;
  }
  const { organizationId, name, source } = row;
  countAnonymousFailure({ ...event, organizationId, resource: `${source}, certificate ${name}: ${reason}` });
}
