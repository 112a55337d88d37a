import type { RecordLog } from "@/lib/ingest/rows.ts";
import type { LogSlug } from "@/lib/logs/views.ts";

type Example = { log: RecordLog; [field: string]: string | number };

const command: Example = {
  log: "commands",
  user: "ann",
  target: "web-1",
  targetUser: "root",
  command: "systemctl restart nginx",
};
const connection: Example = {
  log: "connection-events",
  user: "ann",
  target: "web-1",
  targetUser: "root",
  kind: "ssh",
  connectionRef: "web-1 4711",
  event: "open",
};
const apiCall: Example = {
  log: "kubernetes-api-calls",
  auditId: "first-call",
  stage: "ResponseComplete",
  user: "ann",
  cluster: "prod",
  namespace: "shop",
  resource: "pods",
  verb: "list",
  accessMethod: "kubectl CLI",
  status: 200,
  requestUri: "/api/v1/namespaces/shop/pods?limit=500",
  userAgent: "kubectl/v1.36.0 (linux/amd64) kubernetes/1a2b3c4",
};

const query: Example = {
  log: "session-requests",
  user: "ann",
  target: "shop-db",
  targetUser: "ann",
  kind: "database",
  connectionRef: "shop-db 4711",
  request: "SELECT * FROM orders",
  outcome: "success",
  durationUs: 1250,
  database: "shop",
};

/** A record that makes a first row of a log: the log's own, or what its rows are made from. */
const examples: { [slug in LogSlug]?: Example } = {
  commands: command,
  connections: connection,
  "connection-events": connection,
  "session-requests": query,
  "kubernetes-api-calls": apiCall,
  "kubernetes-commands": apiCall,
};

/** The line of such a record, as of a moment; undefined for logs that Daybook itself writes. */
export function firstRecord(slug: LogSlug, time: string): string | undefined {
  const example = examples[slug];
  if (!example) return undefined;
  const { log, ...fields } = example;
  // Spaces, so that it can be read and wrapped.
  return JSON.stringify({ log, time, ...fields }, null, 1).replaceAll(/\n\s*/g, " ");
}

/** The command to paste. The record's quotes are none that a shell would mind. */
export function firstRecordCommand(slug: LogSlug, time: string, origin: string): string | undefined {
  const record = firstRecord(slug, time);
  if (record === undefined) return undefined;
  return [
    "curl --fail-with-body -H 'Authorization: Bearer YOUR-SOURCE-TOKEN' \\",
    `  -H 'Content-Type: application/x-ndjson' -H "Idempotency-Key: $(date +%s%N)" \\`,
    `  --data '${record}' \\`,
    `  ${origin}/api/v1/ingest/native`,
  ].join("\n");
}
