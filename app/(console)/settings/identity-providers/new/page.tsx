import type { Metadata } from "next";
import { v7 as uuidv7 } from "uuid";
import { ProviderView } from "@/components/sso/provider-view.tsx";
import { env } from "@/lib/env.ts";
import { listGroupChoices } from "@/lib/sso/server/providers.ts";
import { asPage } from "@/lib/user-events/server/as-page.ts";

export const metadata: Metadata = { title: "Add an identity provider" };

export default async function NewProviderPage() {
  const groups = await asPage(
    "identity-provider.new",
    "/settings/identity-providers/new",
    ({ organizationId }) => listGroupChoices(organizationId),
    { permission: "identity-providers:manage" },
  );
  return <ProviderView id={uuidv7()} groups={groups} origin={new URL(env().NEXTAUTH_URL).origin} />;
}
