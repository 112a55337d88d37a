import "server-only";
import { prisma } from "@/lib/db/client.ts";

export type ExportState = "running" | "complete" | "cancelled" | "failed";

/** Exports that a stopped server left running can never end: called once at start. */
export async function closeOrphanedExports(): Promise<void> {
  await prisma().export.updateMany({
    where: { state: "running" },
    data: { state: "failed", error: "The server stopped", finishedAt: new Date() },
  });
}

export type ExportLine = {
  id: string;
  actorId: string;
  log: string;
  format: string;
  query: string;
  state: ExportState;
  rows: number | null;
  /** Rows that it will have; null where they were not counted before. */
  total: number | null;
  bytes: number;
  /** Of the bytes of the body, in hex; null until it is complete. */
  sha256: string | null;
  error: string | null;
  startedAt: string;
  finishedAt: string | null;
};

/** An export of an organization by its id. */
export async function getExport(organizationId: string, id: string): Promise<ExportLine | null> {
  const found = await prisma().export.findFirst({ where: { id, organizationId } });
  if (!found) return null;
  const { actorId, log, format, query, sha256, error } = found;
  return {
    id,
    actorId,
    log,
    format,
    query,
    state: found.state as ExportState,
    rows: found.rows === null ? null : Number(found.rows),
    total: found.total === null ? null : Number(found.total),
    bytes: Number(found.bytes),
    sha256,
    error,
    startedAt: found.startedAt.toISOString(),
    finishedAt: found.finishedAt?.toISOString() ?? null,
  };
}
