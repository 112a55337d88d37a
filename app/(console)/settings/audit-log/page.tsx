import type { Metadata } from "next";
import { AuditLogView } from "@/components/audit/audit-log-view.tsx";
import { placeParameters } from "@/components/audit/audit-place.ts";
import { loadLog, type SearchParams } from "../../logs/load-log.ts";

export const metadata: Metadata = { title: "Audit Log" };

export default async function AuditLogPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const search = await searchParams;
  const loaded = await loadLog("audit-log", search, placeParameters);
  return <AuditLogView {...loaded} today={new Date().toISOString().slice(0, 10)} />;
}
