import { columnFaults, parseColumns } from "@/lib/audit-import/columns.ts";
import { checkFile, type ImportFile, importFile } from "@/lib/audit-import/server/import-file.ts";
import { textFault } from "@/lib/http/body.ts";
import { badRequest, type ParameterError, Problem } from "@/lib/http/problem.ts";
import { noStore } from "@/lib/logs/server/request.ts";
import { asApi } from "@/lib/user-events/server/as-api.ts";

/** Imports a CSV file into the audit log, or with `check=true` says what would become of it. */
export function POST(request: Request): Promise<Response> {
  const isCheck = new URL(request.url).searchParams.get("check") === "true";
  return asApi(
    request,
    isCheck ? "audit-log.check-import" : "audit-log.import",
    async (principal) => {
      const file = requireFile(request);
      const outcome = await (isCheck ? checkFile(principal, file) : importFile(principal, file));
      return Response.json(outcome, { headers: noStore });
    },
    { permission: "audit-log:import" },
  );
}

const parameters = ["file", "columns", "check"];

function requireFile(request: Request): ImportFile {
  const params = new URL(request.url).searchParams;
  const errors: ParameterError[] = [...new Set(params.keys())].flatMap((parameter) => {
    if (!parameters.includes(parameter)) return [{ parameter, reason: "is no parameter of an import" }];
    return params.getAll(parameter).length > 1 ? [{ parameter, reason: "is given twice" }] : [];
  });
  const name = params.get("file")?.trim() ?? "";
  const nameFault = name.length < 1 || name.length > 200 ? "must have 1 to 200 characters" : textFault(name);
  if (nameFault !== undefined) errors.push({ parameter: "file", reason: nameFault });
  if (!["true", "false"].includes(params.get("check") ?? "false"))
    errors.push({ parameter: "check", reason: "must be true or false" });
  const columns = parseColumns(params.get("columns") ?? "");
  if (!columns) {
    const reason =
      "must be the places of the 17 columns in the file from 0, in their order, separated by commas";
    errors.push({ parameter: "columns", reason });
  } else
    for (const reason of columnFaults(columns)) errors.push({ parameter: "columns", reason: `: ${reason}` });
  if (!columns || errors.length > 0) throw badRequest(errors);
  const type = request.headers.get("content-type")?.split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "text/csv") throw new Problem(415, "The body must be text/csv.");
  if (request.body === null) throw new Problem(400, "The file is empty: it has no row of headers.");
  const length = request.headers.get("content-length");
  return { name, columns, body: request.body, ...(length !== null && { length: Number(length) }) };
}
