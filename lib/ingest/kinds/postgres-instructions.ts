import type { IngestKind } from "@/lib/ingest/define.ts";

export const postgresInstructions: IngestKind["instructions"] = [
  {
    title:
      "What PostgreSQL 15 or newer should log (postgresql.conf): each statement in one line, once it has ended",
    language: "text",
    text: [
      "logging_collector = on",
      "log_destination = 'jsonlog'",
      "log_timezone = 'UTC'",
      "log_connections = on",
      "log_disconnections = on",
      "log_min_duration_statement = 0",
      "# Or log_statement = 'all' with log_duration = on: two lines a statement, the first before it runs.",
    ].join("\n"),
  },
  {
    title: "Ship the files, losing nothing over restarts and rotation (vector.yaml)",
    language: "yaml",
    text: [
      "sources: {postgres: {type: file, include: [/var/log/postgresql/*.json], max_line_bytes: 4194304}}",
      "sinks:",
      "  daybook:",
      "    type: http",
      "    inputs: [postgres]",
      "    uri: {url}",
      '    auth: {strategy: bearer, token: "{token}"}',
      "    encoding: {codec: text}",
      "    framing: {method: newline_delimited}",
      "    headers: {Content-Type: application/x-ndjson}",
      "    compression: gzip",
      "    batch: {max_events: 2000, timeout_secs: 1}",
    ].join("\n"),
  },
  {
    title: "The same with fluent-bit (fluent-bit.yaml)",
    language: "yaml",
    text: [
      "pipeline:",
      "  inputs: [{name: tail, path: /var/log/postgresql/*.json, db: /var/lib/fluent-bit/postgres.db, parser: json, buffer_max_size: 4M}]",
      "  outputs: [{name: http, match: '*', host: daybook.example.org, port: 443, tls: on, uri: /api/v1/ingest/postgres-jsonlog,",
      "    format: json_lines, json_date_key: false, compress: gzip, header: [Authorization Bearer {token}, Content-Type application/x-ndjson]}]",
      "# {url}",
    ].join("\n"),
  },
  {
    title: "Without a shipper: a file as it is now; what was sent before is not stored twice",
    language: "sh",
    text: [
      "(umask 077 && printf 'Authorization: Bearer %s\\n' '{token}' > daybook-header)",
      'split -C 32M --filter=\'curl -fsS --retry 9 -H @daybook-header -H "Content-Type: application/x-ndjson" \\',
      "  --data-binary @- {url}' /var/log/postgresql/postgresql.json",
    ].join("\n"),
  },
];
