import "server-only";
import { permissionToRead } from "@/lib/auth/principal.ts";
import { maxValueLength } from "@/lib/logs/query.ts";
import { exportFormats } from "@/lib/logs/server/export-sql.ts";
import { type LogSlug, logView } from "@/lib/logs/views.ts";
import {
  type Answer,
  json,
  operation,
  type Paths,
  pathParameter,
  queryParameter,
  schemaRef,
} from "../operation.ts";
import { columnsParameter, controlRefs, filterRefs, suggestingFilters } from "../parameters.ts";
import { logSlugs, pascal } from "./components.ts";

const key = pathParameter("key", "A row's time and id, as in `2026-11-21T08:45:32.506784Z~0193a4c2-…`.", {
  type: "string",
});
const tag = "Logs";

/** The paths of every log, each with the parameters of its own filters. */
export function logPaths(): Paths {
  return Object.assign({}, ...logSlugs.map(pathsOf), workflowPaths());
}

function workflowPaths(): Paths {
  return {
    "/api/v1/workflows": {
      get: operation({
        id: "listWorkflows",
        tag,
        summary: "Audit log: workflows, a page at a time",
        description:
          "Workflows of which at least one step matches, each once, by the first step that does. Its steps in order: `/api/v1/logs/audit-log?workflow=…&order=asc`.",
        permission: permissionToRead("audit-log"),
        parameters: [
          ...controlRefs("last", "from", "to", "order", "after", "limit"),
          ...filterRefs(logView("audit-log")),
        ],
        answers: { 200: { description: "A page.", content: json(schemaRef("WorkflowPage")) } },
        errors: [400],
      }),
    },
  };
}

function pathsOf(slug: LogSlug): Paths {
  const view = logView(slug);
  const name = pascal(slug);
  const path = `/api/v1/logs/${slug}`;
  const permission = permissionToRead(slug);
  const shared = { tag, permission, errors: [400, 403] } as const;
  const time = controlRefs("last", "from", "to");
  const filters = filterRefs(view);
  const page: Answer = { description: "A page.", content: json(schemaRef(`${name}Page`)) };
  const detail: Answer = { description: "The row.", content: json(schemaRef(`${name}RowDetail`)) };
  const suggesting = { type: "string", enum: suggestingFilters(view) };
  return {
    [path]: {
      get: operation({
        ...shared,
        id: `list${name}`,
        summary: `${view.title}, a page at a time`,
        description: view.description,
        parameters: [...time, ...controlRefs("order", "after", "limit"), ...filters],
        answers: { 200: page },
      }),
    },
    [`${path}/rows/{key}`]: {
      get: operation({
        ...shared,
        id: `get${name}Row`,
        summary: `${view.title}: one row with its record as received`,
        parameters: [key],
        answers: { 200: detail },
        errors: [400, 403, 404],
      }),
    },
    [`${path}/values`]: {
      get: operation({
        ...shared,
        id: `suggest${name}Values`,
        summary: `${view.title}: values of a filter, most frequent first`,
        parameters: [
          { ...queryParameter("filter", "The filter.", suggesting), required: true },
          queryParameter("match", "What the values contain.", { type: "string", maxLength: maxValueLength }),
        ],
        answers: { 200: { description: "Values with counts.", content: json(schemaRef("ValueCounts")) } },
      }),
    },
    [`${path}/histogram`]: {
      get: operation({
        ...shared,
        id: `count${name}`,
        summary: `${view.title}: rows per bucket of time and ${view.columns[view.series.column]?.header.toLowerCase()}`,
        parameters: [
          ...time,
          queryParameter("width", "Milliseconds of a bucket, as `widthMs` of an answer to go on with.", {
            type: "integer",
            minimum: 100,
          }),
          queryParameter(
            "fit",
            "`oldest`, without filters and range: leaves out the few oldest rows where they would squeeze all others, and says so in `earlier`.",
            { const: "oldest" },
          ),
          ...filters,
        ],
        answers: { 200: { description: "The histogram.", content: json(schemaRef("Histogram")) } },
      }),
    },
    [`${path}/live`]: { get: liveOperation(slug) },
    [`${path}/export`]: { get: exportOperation(slug) },
  };
}

function liveOperation(slug: LogSlug) {
  const view = logView(slug);
  const name = pascal(slug);
  const events = [
    `\`rows\` with \`{"rows": [${name}Row, …]}\`, in the order of the record, each row ${view.projection ? "once for each change" : "once"}`,
    ...(view.projection
      ? ["`left` beside `rows`: rows that have changed and match a filter on what changes no longer"]
      : []),
    '`held` with `{"seconds", "by"}`: committed rows wait for an older transaction',
    "`flowing`: they no longer do",
    "`ended`, the last one: the session or the token may read no longer",
  ];
  return operation({
    id: `follow${name}`,
    tag,
    summary: `${view.title}: new rows as server-sent events`,
    description: "An event's id is the position behind it: sent back as `Last-Event-ID`, nothing is missed.",
    permission: permissionToRead(slug),
    parameters: [
      queryParameter("since", "Where to begin: `position` of a page, or an event's id; without it, now.", {
        type: "string",
        pattern: "^\\d{1,9}\\.\\d{1,18}\\.(-1|\\d{1,18})$",
      }),
      ...controlRefs("last", "from", "to"),
      ...filterRefs(view),
    ],
    answers: {
      200: {
        description: `Events: ${events.join("; ")}.`,
        content: { "text/event-stream": { schema: { type: "string" } } },
      },
    },
    errors: [400, 429],
  });
}

const auditDownload =
  "What the page's Download CSV File gives: `category=User Access&from=2026-11-01&to=2026-11-22&order=asc`, days in UTC, both included to the last microsecond. Its 17 columns have the names and the order of the audit log's column reference; the file name says category and days.";

function exportOperation(slug: LogSlug) {
  const view = logView(slug);
  const name = pascal(slug);
  const row = schemaRef(`${name}ExportRow`);
  return operation({
    id: `export${name}`,
    tag: "Exports",
    summary: `${view.title}: everything that the filters match, as one file`,
    description: [
      "A body that breaks off is not the whole. CSV begins with a byte-order mark, and a cell in it that a spreadsheet would run as a formula with an apostrophe. Reading the log takes its own permission too.",
      ...(slug === "audit-log" ? [auditDownload] : []),
    ].join(" "),
    permission: "exports:create",
    parameters: [
      queryParameter("format", "The format of the file.", {
        type: "string",
        enum: exportFormats,
        default: "csv",
      }),
      queryParameter("exportId", "An id of one's own choice to ask for the export's state under.", {
        type: "string",
        format: "uuid",
      }),
      columnsParameter(view),
      ...controlRefs("last", "from", "to", "order"),
      ...filterRefs(view),
    ],
    answers: {
      200: {
        description: "The file.",
        headers: {
          "x-export-id": {
            description: "Ask for its state under this id.",
            schema: { type: "string", format: "uuid" },
          },
          "x-total-rows": {
            description: "Rows of the file, where indexes count them at once.",
            schema: { type: "integer", minimum: 0 },
          },
        },
        content: {
          "text/csv": { schema: { type: "string" } },
          "application/json": { schema: { type: "array", items: row } },
          "application/x-ndjson": { schema: row },
        },
      },
    },
    errors: [400, 409, 429],
  });
}
