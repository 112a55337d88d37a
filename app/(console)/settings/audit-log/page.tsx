import type { Metadata } from "next";
import { LogExplorer } from "@/components/logs/log-explorer.tsx";
import { loadLog, type SearchParams } from "../../logs/load-log.ts";

export const metadata: Metadata = { title: "Audit Log" };

export default async function AuditLogPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const loaded = await loadLog("audit-log", await searchParams);
  return <LogExplorer slug="audit-log" {...loaded} />;
}
