import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { CreateSource } from "@/components/sources/create-source.tsx";
import { viewOfKind } from "@/components/sources/kind-view.ts";
import { Breadcrumb } from "@/components/ui/breadcrumb.tsx";
import { SettingsPage } from "@/components/ui/settings-page.tsx";
import { ingestKinds, isIngestKind } from "@/lib/ingest/kinds.ts";
import { asPage } from "@/lib/user-events/server/as-page.ts";

export const metadata: Metadata = { title: "Create a source" };

type PageProps = { searchParams: Promise<{ kind?: string | string[] }> };

export default async function NewSourcePage({ searchParams }: PageProps) {
  const { kind } = await searchParams;
  const initialKind = await asPage(
    "source.new",
    "/settings/sources/new",
    async () => {
      if (kind === undefined) return undefined;
      if (typeof kind !== "string" || !isIngestKind(kind)) notFound();
      return kind;
    },
    { permission: "sources:manage" },
  );
  return (
    <SettingsPage title="Create a source" above={<Breadcrumb href="/settings/sources">Sources</Breadcrumb>}>
      <CreateSource kinds={ingestKinds.map(viewOfKind)} initialKind={initialKind} />
    </SettingsPage>
  );
}
