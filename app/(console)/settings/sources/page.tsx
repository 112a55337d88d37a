import type { Metadata } from "next";
import { viewOfKind } from "@/components/sources/kind-view.ts";
import { Limits } from "@/components/sources/limits.tsx";
import { MaskedRules } from "@/components/sources/masked-rules.tsx";
import { SourcesPanel } from "@/components/sources/sources-panel.tsx";
import { ingestKinds } from "@/lib/ingest/kinds.ts";
import { listSources } from "@/lib/ingest/server/manage.ts";
import { isSampleOrganization } from "@/lib/setup/server/sample-organization.ts";
import { asPage } from "@/lib/user-events/server/as-page.ts";

export const metadata: Metadata = { title: "Sources" };

export default async function SourcesPage() {
  const { sources, sample } = await asPage(
    "source.list",
    "/settings/sources",
    async ({ organizationId }) => ({
      sources: await listSources(organizationId),
      sample: await isSampleOrganization(organizationId),
    }),
    { permission: "sources:manage" },
  );
  return (
    <SourcesPanel sources={sources} kinds={ingestKinds.map(viewOfKind)} sample={sample}>
      <MaskedRules />
      <Limits />
    </SourcesPanel>
  );
}
