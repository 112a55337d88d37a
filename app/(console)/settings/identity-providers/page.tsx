import type { Metadata } from "next";
import { ProviderList } from "@/components/sso/provider-list.tsx";
import { listProviders } from "@/lib/sso/server/providers.ts";
import { asPage } from "@/lib/user-events/server/as-page.ts";

export const metadata: Metadata = { title: "Identity providers" };

export default async function ProvidersPage() {
  const providers = await asPage(
    "identity-provider.list",
    "/settings/identity-providers",
    ({ organizationId }) => listProviders(organizationId),
    { permission: "identity-providers:manage" },
  );
  return <ProviderList providers={providers} />;
}
