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

/** Records that real software wrote, see samples/ for where each comes from and under which licence. */
const samples: readonly Sample[] = [
  {
    source: "Sample: cluster lab",
    kind: "kubernetes-audit",
    settings: { cluster: "lab" },
    files: [
      "kubernetes-audit/apiserver-1.36.4-crd-all-stages.audit.ndjson",
      "kubernetes-audit/kubectl-pods-exec.part1.audit.ndjson",
    ],
  },
  {
    source: "Sample: SSH host vm",
    kind: "sshd",
    settings: {},
    files: ["sshd/sshd-verbose-rfc5424.log", "crowdsec-hub/sshd-logs.log"],
  },
  {
    source: "Sample: sudo on vm",
    kind: "sudo",
    settings: {},
    files: ["sudo/sudo-eventlog.json", "sudo/sudo-eventlog-with-logsrv.json"],
  },
];

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
      const post = preparePost(source, await readFile(new URL(file, folder)), file);
      const poster = { requestId: "first run", address: "", userAgent: undefined };
      accepted += (await submitPost(source, { post, poster })).accepted;
    }
  }
  return accepted;
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
