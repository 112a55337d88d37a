import type { Metadata } from "next";
import { AuditLogView } from "@/components/audit/audit-log-view.tsx";
import { placeParameters } from "@/components/audit/audit-place.ts";
import { can } from "@/lib/auth/roles.ts";
import { requireUser } from "@/lib/auth/server/current.ts";
import { loadLog, type SearchParams } from "../../logs/load-log.ts";

export const metadata: Metadata = { title: "Audit Log" };

export default async function AuditLogPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const search = await searchParams;
  const loaded = await loadLog("audit-log", search, placeParameters);
  const { role } = await requireUser();
  return (
    <AuditLogView
      {...loaded}
      mayImport={can(role, "audit-log:import")}
      today={new Date().toISOString().slice(0, 10)}
    />
  );
}
