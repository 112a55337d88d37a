import type { Metadata } from "next";
import { ReferenceView } from "@/components/audit-reference/reference-view.tsx";
import { asPage } from "@/lib/user-events/server/as-page.ts";

export const metadata: Metadata = { title: "Audit log reference" };

export default async function AuditReferencePage() {
  await asPage("audit-log.reference", "/settings/audit-log/reference", async () => undefined, {
    permission: "audit-log:read",
  });
  return <ReferenceView />;
}
