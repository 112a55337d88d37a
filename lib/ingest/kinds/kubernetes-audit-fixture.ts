import { readFileSync } from "node:fs";
import type { MapContext } from "@/lib/ingest/define.ts";
import { kubernetesAudit } from "@/lib/ingest/kinds/kubernetes-audit.ts";
import type { DraftOf, RecordLog, RowDraft } from "@/lib/ingest/rows.ts";

/** What the tests of Kubernetes audit share. */

export const samples = new URL("../../../samples/kubernetes-audit/", import.meta.url);
export const context: MapContext = {
  sourceName: "prod",
  receivedAt: "2026-11-21T10:00:00.000000Z",
  settings: {},
  mask: () => "[masked]",
};

type Told = { id: string | undefined; raw: Uint8Array; rows: RowDraft[] };

/** Every record of a body; a rejected one fails the test. */
export function ingest(body: Uint8Array, told: MapContext = context): Told[] {
  return [...kubernetesAudit.split(body, told)].map((record) => {
    if ("rejected" in record) throw new Error(record.rejected);
    const mapped = kubernetesAudit.map(record, told);
    if (!("rows" in mapped)) throw new Error(JSON.stringify(mapped));
    return { id: record.id, raw: record.raw, rows: mapped.rows };
  });
}

/** The rows that a store keeps: of those that tell the same once, the first. */
export function kept(records: readonly Told[]): RowDraft[] {
  const seen = new Set<string>();
  return records
    .flatMap(({ rows }) => rows)
    .filter(({ once }) => once === undefined || (!seen.has(once) && seen.add(once)));
}

export const sample = (file: string) => new Uint8Array(readFileSync(new URL(file, samples)));
/** How often each value occurs. */
export function count(values: readonly unknown[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[String(value)] = (counts[String(value)] ?? 0) + 1;
  return counts;
}

export function rowsOf<L extends RecordLog>(log: L, drafts: readonly RowDraft[]): DraftOf<L>[] {
  return drafts.flatMap((draft) => (draft.log === log ? [draft.row as DraftOf<L>] : []));
}

/** Rows as a test lists them: without fields that are undefined. */
export function plain(drafts: readonly RowDraft[]): Record<string, unknown>[] {
  return drafts.map(({ log, row }) => ({ log, ...JSON.parse(JSON.stringify(row)) }));
}
