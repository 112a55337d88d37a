import "server-only";
import type { ClientBase } from "pg";
import { v7 as uuidv7 } from "uuid";
import type { RecordRow } from "@/lib/record/server/insert.ts";
import { storable } from "@/lib/record/text.ts";
import type { RecordLog } from "../rows.ts";

/**
 * Names that stand in the database for good, so that they need not be written with every post. Nothing
 * removes a target or a space, it is marked at most.
 */
const known = new Set<string>();
const mostKnown = 20_000;

/** Makes targets and spaces of the names that records mention, unless they exist or were deleted. */
export async function noteNames(
  client: ClientBase,
  organizationId: string,
  drafts: readonly { log: RecordLog; entry: RecordRow }[],
): Promise<void> {
  const targets = new Map<string, { kind: string; name: string }>();
  const spaces = new Map<string, string>();
  for (const { log, entry } of drafts) {
    const { row } = entry;
    if ("space" in row && row.space !== undefined) spaces.set(`${organizationId} ${row.space}`, row.space);
    const target = targetOf(log, row);
    if (target) targets.set(`${organizationId} ${target.kind} ${target.name}`, target);
  }
  const newTargets = unknown(targets);
  if (newTargets.length > 0) {
    const kinds = newTargets.map(([, { kind }]) => kind);
    const names = newTargets.map(([, { name }]) => storable(name));
    const inserted = await client.query<{ kind: string; name: string }>(
      `INSERT INTO targets (id, organization_id, kind, name) SELECT id, $1, kind, name
       FROM unnest($2::uuid[], $3::text[], $4::text[]) AS t (id, kind, name) ON CONFLICT DO NOTHING RETURNING kind, name`,
      [organizationId, newTargets.map(() => uuidv7()), kinds, names],
    );
    const ours = new Set(inserted.rows.map(({ kind, name }) => `${kind} ${name}`));
    remember(newTargets, ({ kind, name }) => !ours.has(`${kind} ${storable(name)}`));
  }
  const newSpaces = unknown(spaces);
  if (newSpaces.length > 0) {
    const names = newSpaces.map(([, name]) => storable(name));
    const inserted = await client.query<{ name: string }>(
      `INSERT INTO spaces (id, organization_id, name) SELECT id, $1, name
       FROM unnest($2::uuid[], $3::text[]) AS s (id, name) ON CONFLICT DO NOTHING RETURNING name`,
      [organizationId, newSpaces.map(() => uuidv7()), names],
    );
    const ours = new Set(inserted.rows.map(({ name }) => name));
    remember(newSpaces, (name) => !ours.has(storable(name)));
  }
}

/** What has still to be written, in one order everywhere: writers of two sources must not wait for each other. */
function unknown<Name>(names: ReadonlyMap<string, Name>): [string, Name][] {
  return [...names].filter(([key]) => !known.has(key)).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** What this transaction has written may still be rolled back; what was there before it stays. */
function remember<Name>(names: readonly [string, Name][], stays: (name: Name) => boolean): void {
  if (known.size > mostKnown) known.clear();
  for (const [key, name] of names) if (stays(name)) known.add(key);
}

function targetOf(log: RecordLog, row: RecordRow["row"]): { kind: string; name: string } | undefined {
  if (log === "connection-events" && "kind" in row)
    return { kind: row.kind === "sudo" ? "ssh" : row.kind, name: row.target };
  if (log === "session-requests" && "kind" in row) return { kind: row.kind, name: row.target };
  if (log === "kubernetes-api-calls" && "cluster" in row) return { kind: "kubernetes", name: row.cluster };
  return undefined;
}
