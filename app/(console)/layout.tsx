import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { settingsPages } from "@/components/shell/pages.ts";
import { Shell } from "@/components/shell/shell.tsx";
import { isZone } from "@/components/ui/format-time.ts";
import { isTheme, themeCookie, zoneCookie } from "@/components/ui/preferences.ts";
import { requireUser } from "@/lib/auth/server/current.ts";

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const user = await requireUser();
  const { name, email, role, organizationName } = user;
  const jar = await cookies();
  const theme = jar.get(themeCookie)?.value;
  const zone = jar.get(zoneCookie)?.value;
  return (
    <Shell
      user={{ name, email, role, organizationName }}
      settings={settingsPages(user)}
      theme={isTheme(theme) ? theme : "system"}
      zone={zone !== undefined && isZone(zone) ? zone : undefined}
    >
      {children}
    </Shell>
  );
}
