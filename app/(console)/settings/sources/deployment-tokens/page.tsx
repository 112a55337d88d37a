import type { Metadata } from "next";
import { DeploymentTokens } from "@/components/deployment-tokens/deployment-tokens.tsx";
import { viewOfKind } from "@/components/sources/kind-view.ts";
import { listDeploymentTokens } from "@/lib/deployment-tokens/server/deployment-tokens.ts";
import { env } from "@/lib/env.ts";
import { ingestKinds } from "@/lib/ingest/kinds.ts";
import { asPage } from "@/lib/user-events/server/as-page.ts";

export const metadata: Metadata = { title: "Deployment tokens" };

export default async function DeploymentTokensPage() {
  const tokens = await asPage(
    "deployment-token.list",
    "/settings/sources/deployment-tokens",
    ({ organizationId }) => listDeploymentTokens(organizationId),
    { permission: "sources:manage" },
  );
  return (
    <DeploymentTokens
      tokens={tokens}
      kinds={ingestKinds.map(viewOfKind)}
      origin={new URL(env().NEXTAUTH_URL).origin}
    />
  );
}
