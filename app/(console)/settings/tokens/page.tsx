import type { Metadata } from "next";
import { DeviceList } from "@/components/devices/device-list.tsx";
import { allows } from "@/lib/auth/principal.ts";
import { grantableScopes } from "@/lib/auth/roles.ts";
import { listTokens } from "@/lib/auth/server/api-tokens.ts";
import { listDevices } from "@/lib/recordings/server/devices.ts";
import { asPage } from "@/lib/user-events/server/as-page.ts";
import { TokensPanel } from "./tokens-panel.tsx";

export const metadata: Metadata = { title: "API tokens" };

export default async function TokensPage() {
  const { devices, ...shown } = await asPage(
    "token.list",
    "/settings/tokens",
    async (principal) => ({
      tokens: await listTokens(principal),
      scopes: grantableScopes(principal.role),
      everybody: allows(principal, "tokens:manage"),
      devices: await listDevices(principal),
    }),
    { permission: "tokens:manage-own" },
  );
  return (
    <>
      <TokensPanel {...shown} />
      <DeviceList devices={devices} />
    </>
  );
}
