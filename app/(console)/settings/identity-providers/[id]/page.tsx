import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { ProviderView } from "@/components/sso/provider-view.tsx";
import { env } from "@/lib/env.ts";
import { isUuid } from "@/lib/http/id.ts";
import { listGroupChoices, listProviders } from "@/lib/sso/server/providers.ts";
import { asPage } from "@/lib/user-events/server/as-page.ts";

export const metadata: Metadata = { title: "Identity provider" };

export default async function ProviderPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const { provider, groups } = await asPage(
    "identity-provider.read",
    `/settings/identity-providers/${id}`,
    async ({ organizationId }) => {
      const found = isUuid(id)
        ? (await listProviders(organizationId)).find((item) => item.id === id)
        : undefined;
      if (!found) notFound();
      return { provider: found, groups: await listGroupChoices(organizationId) };
    },
    { permission: "identity-providers:manage" },
  );
  const origin = new URL(env().NEXTAUTH_URL).origin;
  return <ProviderView id={id} provider={provider} groups={groups} origin={origin} />;
}
