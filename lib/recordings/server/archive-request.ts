import "server-only";
import type { Principal } from "@/lib/auth/principal.ts";
import { isUuid } from "@/lib/http/id.ts";
import { badRequest, notFound, type ParameterError, Problem } from "@/lib/http/problem.ts";
import type { Scope } from "@/lib/logs/server/sql.ts";
import { type ArchiveFile, archiveFiles, archiveLimits, whyLeftOut } from "../archive.ts";
import type { RecordingLine } from "../recording-line.ts";
import { readRecordingParameters } from "../recording-parameters.ts";
import type { ArchiveWish } from "./archive.ts";
import { listRecordings } from "./list.ts";
import { recordingScope } from "./read.ts";

const own = ["file", "exportId", "id", "count"] as const;
/** Of pages, and of what cannot be downloaded. */
const senseless = ["limit", "cursor", "deleted"] as const;

/**
 * Reads what an archive shall hold: `file`, and `id` once or more or else the filters of the list.
 * @throws Problem 400 that names each wrong parameter or says that it is too much, 404 for an id that is none of theirs,
 *   409 when there is nothing to download
 */
export async function readArchiveRequest(
  principal: Principal,
  params: URLSearchParams,
): Promise<{ wish: ArchiveWish; exportId: string | undefined; isCount: boolean }> {
  const { limit: _, ...filters } = readRecordingParameters(params, [...own, ...senseless]);
  const ids = [...new Set(params.getAll("id"))];
  const errors: ParameterError[] = senseless
    .filter((name) => params.has(name))
    .map((parameter) => ({ parameter, reason: "is not a parameter of an archive" }));
  const file = archiveFiles.find((name) => name === params.get("file"));
  if (!file || params.getAll("file").length > 1)
    errors.push({ parameter: "file", reason: `must be one of ${archiveFiles.join(", ")}` });
  if (ids.length > archiveLimits.ids || !ids.every(isUuid))
    errors.push({
      parameter: "id",
      reason: `must be the id of a recording, at most ${archiveLimits.ids} times`,
    });
  if (ids.length > 0 && Object.keys(filters).length > 0)
    errors.push({ parameter: "id", reason: "cannot stand beside filters" });
  const exportId = params.get("exportId") ?? undefined;
  if ((exportId !== undefined && !isUuid(exportId)) || params.getAll("exportId").length > 1)
    errors.push({ parameter: "exportId", reason: "must be a UUID" });
  const isCount = params.has("count");
  if (isCount && params.getAll("count").join() !== "true")
    errors.push({ parameter: "count", reason: "must be true" });
  if (!file || errors.length > 0) throw badRequest(errors);
  const scope = recordingScope(principal);
  const lines = ids.length > 0 ? await named(scope, ids) : await matching(scope, filters);
  if (!lines.some((line) => whyLeftOut(line) === undefined))
    throw new Problem(409, "There is no recording among these that can be downloaded.");
  return { wish: { lines, file, query: queryOf(params, file) }, exportId, isCount };
}

async function named(scope: Scope, ids: string[]): Promise<RecordingLine[]> {
  const lines = await listRecordings(scope, { ids, limit: ids.length });
  if (lines.length < ids.length) throw notFound("There is no such recording.");
  return lines;
}

async function matching(
  scope: Scope,
  filters: Omit<Parameters<typeof listRecordings>[1], "limit">,
): Promise<RecordingLine[]> {
  const most = archiveLimits.recordings;
  const lines = await listRecordings(scope, { ...filters, limit: most + 1 });
  if (lines.length <= most) return lines;
  const reason = `match more than ${most} recordings: narrow them`;
  throw new Problem(400, `The filters ${reason}.`, { errors: [{ parameter: "from", reason }] });
}

function queryOf(params: URLSearchParams, file: ArchiveFile): string {
  const kept = new URLSearchParams(params);
  kept.delete("exportId");
  kept.set("file", file);
  return kept.toString();
}
