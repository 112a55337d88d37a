import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { viewOfKind } from "@/components/sources/kind-view.ts";
import { SourceView } from "@/components/sources/source-view.tsx";
import { listCertificates } from "@/lib/certificates/server/certificates.ts";
import { env } from "@/lib/env.ts";
import { isUuid } from "@/lib/http/id.ts";
import { ingestKind, isIngestKind } from "@/lib/ingest/kinds.ts";
import { listQuarantine, listSources } from "@/lib/ingest/server/manage.ts";
import { asPage } from "@/lib/user-events/server/as-page.ts";

export const metadata: Metadata = { title: "Source" };

export default async function SourcePage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const { source, held, certificates } = await asPage(
    "source.read",
    `/settings/sources/${id}`,
    async ({ organizationId }) => {
      const found = isUuid(id)
        ? (await listSources(organizationId)).find((line) => line.id === id)
        : undefined;
      if (!found || !isIngestKind(found.kind)) notFound();
      const certificates = found.kind === "sudo" ? await listCertificates(organizationId, id) : undefined;
      return { source: found, held: await listQuarantine(organizationId, id), certificates };
    },
    { permission: "sources:manage" },
  );
  const { NEXTAUTH_URL: origin, SUDO_TLS_PORT: port = null } = env();
  const listener = { host: new URL(origin).hostname.replace(/^\[|\]$/g, ""), port };
  return (
    <SourceView
      source={source}
      kind={viewOfKind(ingestKind(source.kind))}
      held={held}
      origin={origin}
      tls={certificates ? { certificates, listener } : null}
    />
  );
}
