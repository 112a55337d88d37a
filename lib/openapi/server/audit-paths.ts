import "server-only";
import { auditHeaders, neededHeaders } from "@/lib/audit-import/columns.ts";
import { importLimits } from "@/lib/audit-import/limits.ts";
import { errorRefs, operation, type Paths, queryParameter } from "../operation.ts";
import { answer } from "./recording-parts.ts";

/** Audit logs that come in as files. */
export function auditPaths(): Paths {
  const { file, rows, row, batch, faults, atOnce } = importLimits;
  const post = operation({
    id: "importAuditLog",
    tag: "Audit log",
    summary: "Imports a CSV file with the columns of the audit log, or checks it",
    description: [
      `A row whose Id the organization has with the same content is not added again; with other content it is an error.`,
      `Rows are stored ${batch} in a transaction: after a failure the same file, sent again, adds what is missing.`,
      `At most ${file} bytes, ${rows} rows, ${row} bytes a row and ${atOnce} files at once; a check stops after ${faults} faults.`,
    ].join(" "),
    permission: "audit-log:import",
    parameters: [
      {
        ...queryParameter("file", "The name of the file, for the audit log.", {
          type: "string",
          minLength: 1,
          maxLength: 200,
        }),
        required: true,
      },
      {
        ...queryParameter(
          "columns",
          `The place in the file, from 0, of each of ${auditHeaders.join(", ")}, separated by commas; empty for one that the file lacks. Needed are ${neededHeaders.join(", ")}.`,
          { type: "string", examples: [auditHeaders.map((_, at) => at).join(",")] },
        ),
        required: true,
      },
      queryParameter("check", "Says what would become of the file, and stores nothing.", { type: "boolean" }),
    ],
    answers: { 200: answer("What became of the rows, or would.", "AuditImport") },
    errors: [400, 409],
  });
  return {
    "/api/v1/audit-log/import": {
      post: {
        ...post,
        requestBody: {
          required: true,
          description: "CSV in UTF-8 with a row of headers, as the audit log's download gives it.",
          content: { "text/csv": { schema: { type: "string" } } },
        },
        responses: { ...post.responses, ...errorRefs([413, 415, 429]) },
      },
    },
  };
}
