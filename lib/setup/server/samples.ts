import "server-only";
import { readFile } from "node:fs/promises";
import { inTransaction, pool } from "@/lib/db/client.ts";
import { ingestKind } from "@/lib/ingest/kinds.ts";
import { createSource } from "@/lib/ingest/server/manage.ts";
import { type IngestSource, preparePost } from "@/lib/ingest/server/prepare.ts";
import { submitPost } from "@/lib/ingest/server/queue.ts";

type Sample = {
  source: string;
  kind: string;
  settings: { [name: string]: string };
  files: readonly string[];
};

/**
 * Records that real software wrote, but for the last, see samples/ for where each comes from and under which licence. They stay as
 * they are; which clusters and spaces they are told to be of makes a small company of them.
 */
const samples: readonly Sample[] = [
  {
    source: "Cluster eu-1",
    kind: "kubernetes-audit",
    settings: { cluster: "eu-1", space: "production" },
    files: ["kubernetes-audit/apiserver-1.36.4-crd-all-stages.audit.ndjson"],
  },
  {
    source: "Cluster lab",
    kind: "kubernetes-audit",
    settings: { cluster: "lab", space: "staging" },
    files: ["kubernetes-audit/kubectl-pods-exec.part1.audit.ndjson"],
  },
  {
    source: "vm: sshd",
    kind: "sshd",
    settings: { space: "production" },
    files: ["sshd/sshd-verbose-rfc5424.log"],
  },
  {
    // The name of the host: events that name none, as those of an exit, are of it.
    source: "vm",
    kind: "sudo",
    settings: { space: "production" },
    files: ["sudo/sudo-eventlog.json", "sudo/sudo-eventlog-with-logsrv.json"],
  },
  {
    source: "shop-db",
    kind: "postgres-jsonlog",
    settings: { space: "production" },
    files: ["postgres/postgresql-18.4.json"],
  },
  {
    // Made up, and marked as samples in what they say: no such product writes them yet.
    source: "Endpoint backup (sample)",
    kind: "native",
    settings: {},
    files: ["endpoint-backup/audit-log.ndjson"],
  },
];

const places = [
  ["spaces", "production", "Sample: the host vm, and the cluster eu-1"],
  ["spaces", "staging", "Sample: the cluster lab"],
  ["targets", "vm", "Sample: people log in with SSH here, and use sudo"],
] as const;

const folder = new URL("../../../samples/", import.meta.url);

/**
 * Sends the sample files in as their sources would. The name of a file is its Idempotency-Key, so a load that
 * was cut off can be done again.
 * @returns records accepted this time
 */
export async function loadSamples(organizationId: string): Promise<number> {
  let accepted = 0;
  for (const sample of samples) {
    const source = await sampleSource(organizationId, sample);
    for (const file of sample.files) {
      const post = await preparePost(source, await readFile(new URL(file, folder)), file);
      const poster = { requestId: "first run", address: "", userAgent: undefined };
      accepted += (await submitPost(source, { post, poster })).accepted;
    }
  }
  await describePlaces(organizationId);
  return accepted;
}

/** Says what the spaces and targets of the samples are, where nobody has said it. */
async function describePlaces(organizationId: string): Promise<void> {
  for (const [table, name, description] of places) {
    await pool().query(
      `UPDATE ${table} SET description = $3 WHERE organization_id = $1 AND name = $2 AND description = ''`,
      [organizationId, name, description],
    );
  }
}

async function sampleSource(
  organizationId: string,
  { source: name, kind, settings }: Sample,
): Promise<IngestSource> {
  const found = await pool().query<{ id: string }>(
    "SELECT id FROM sources WHERE organization_id = $1 AND name = $2",
    [organizationId, name],
  );
  const id =
    found.rows[0]?.id ??
    // The token is shown to nobody: the samples are all that this source ever sends.
    (await inTransaction((client) => createSource(client, organizationId, { name, kind, settings }))).id;
  return { id, organizationId, name, settings, kind: ingestKind(kind) };
}
