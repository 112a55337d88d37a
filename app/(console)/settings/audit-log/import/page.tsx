import type { Metadata } from "next";
import { ImportView } from "@/components/audit-import/import-view.tsx";
import { asPage } from "@/lib/user-events/server/as-page.ts";

export const metadata: Metadata = { title: "Import an audit log" };

export default async function AuditImportPage() {
  await asPage("audit-log.import-page", "/settings/audit-log/import", async () => undefined, {
    permission: "audit-log:import",
  });
  return <ImportView />;
}
