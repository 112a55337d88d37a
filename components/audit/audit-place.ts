import { maxValueLength, type QueryError } from "@/lib/logs/query.ts";

/** What the audit log's page shows beside its rows; no part of what is listed. */
export type AuditPlace = {
  /** Whether each workflow is one entry. */
  grouped: boolean;
  /** The workflow whose timeline is open. */
  timeline: string | undefined;
};

export const placeParameters = ["group", "timeline"] as const;

/** Takes the page's own parameters out of its address: what is left is the query of the log. */
export function readPlace(address: URLSearchParams): {
  place: AuditPlace;
  errors: QueryError[];
  rest: URLSearchParams;
} {
  const rest = new URLSearchParams(address);
  const errors: QueryError[] = [];
  for (const name of placeParameters) {
    if (address.getAll(name).length > 1) errors.push({ parameter: name, reason: "may be given once" });
    rest.delete(name);
  }
  const group = address.get("group");
  const timeline = address.get("timeline");
  if (group !== null && group !== "workflow") errors.push({ parameter: "group", reason: "must be workflow" });
  if (timeline !== null && (timeline === "" || timeline.length > maxValueLength))
    errors.push({ parameter: "timeline", reason: "must be a WorkflowId" });
  return { place: { grouped: group === "workflow", timeline: timeline ?? undefined }, errors, rest };
}

/** Puts them in again. */
export function writePlace(query: URLSearchParams, { grouped, timeline }: AuditPlace): URLSearchParams {
  const address = new URLSearchParams(query);
  if (grouped) address.set("group", "workflow");
  if (timeline !== undefined) address.set("timeline", timeline);
  return address;
}
