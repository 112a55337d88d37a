import "server-only";
import type { ClientBase } from "pg";
import { v7 as uuidv7 } from "uuid";
import type { RecordRow } from "@/lib/record/server/insert.ts";
import { storable } from "@/lib/record/text.ts";
import type { RecordLog } from "../rows.ts";

/** Makes targets and spaces of the names that records mention, unless they exist or were deleted. */
export async function noteNames(
  client: ClientBase,
  organizationId: string,
  drafts: readonly { log: RecordLog; entry: RecordRow }[],
): Promise<void> {
  const targets = new Map<string, { kind: string; name: string }>();
  const spaces = new Set<string>();
  for (const { log, entry } of drafts) {
    const { row } = entry;
    if ("space" in row && row.space !== undefined) spaces.add(storable(row.space));
    const target = targetOf(log, row);
    if (target) targets.set(`${target.kind} ${target.name}`, { ...target, name: storable(target.name) });
  }
  const newTargets = [...targets.values()];
  const newSpaces = [...spaces];
  if (newTargets.length > 0) {
    await client.query(
      `INSERT INTO targets (id, organization_id, kind, name) SELECT id, $1, kind, name
       FROM unnest($2::uuid[], $3::text[], $4::text[]) AS t (id, kind, name) ON CONFLICT DO NOTHING`,
      [
        organizationId,
        newTargets.map(() => uuidv7()),
        newTargets.map((t) => t.kind),
        newTargets.map((t) => t.name),
      ],
    );
  }
  if (newSpaces.length > 0) {
    await client.query(
      `INSERT INTO spaces (id, organization_id, name) SELECT id, $1, name
       FROM unnest($2::uuid[], $3::text[]) AS s (id, name) ON CONFLICT DO NOTHING`,
      [organizationId, newSpaces.map(() => uuidv7()), newSpaces],
    );
  }
}

function targetOf(log: RecordLog, row: RecordRow["row"]): { kind: string; name: string } | undefined {
  if (log === "connection-events" && "kind" in row)
    return { kind: row.kind === "sudo" ? "ssh" : row.kind, name: row.target };
  if (log === "kubernetes-api-calls" && "cluster" in row) return { kind: "kubernetes", name: row.cluster };
  return undefined;
}
