import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { viewOfKind } from "@/components/sources/kind-view.ts";
import { SourceView } from "@/components/sources/source-view.tsx";
import { env } from "@/lib/env.ts";
import { isUuid } from "@/lib/http/id.ts";
import { ingestKind, isIngestKind } from "@/lib/ingest/kinds.ts";
import { listQuarantine, listSources } from "@/lib/ingest/server/manage.ts";
import { asPage } from "@/lib/user-events/server/as-page.ts";

export const metadata: Metadata = { title: "Source" };

export default async function SourcePage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const { source, held } = await asPage(
    "source.read",
    `/settings/sources/${id}`,
    async ({ organizationId }) => {
      const found = isUuid(id)
        ? (await listSources(organizationId)).find((line) => line.id === id)
        : undefined;
      if (!found || !isIngestKind(found.kind)) notFound();
      return { source: found, held: await listQuarantine(organizationId, id) };
    },
    { permission: "sources:manage" },
  );
  return (
    <SourceView
      source={source}
      kind={viewOfKind(ingestKind(source.kind))}
      held={held}
      origin={env().NEXTAUTH_URL}
    />
  );
}
