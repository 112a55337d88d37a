import type { Metadata } from "next";
import { OwnSessions } from "@/components/security/own-sessions.tsx";
import { SecondFactorPanel } from "@/components/security/second-factor-panel.tsx";
import { SettingsPage } from "@/components/ui/settings-page.tsx";
import { listOwnSessions } from "@/lib/auth/server/revocation.ts";
import { readSecondFactor } from "@/lib/auth/server/second-factor.ts";
import { asPage } from "@/lib/user-events/server/as-page.ts";

export const metadata: Metadata = { title: "Security" };

export default async function SecurityPage() {
  const { state, sessions, email } = await asPage(
    "second-factor.read",
    "/settings/security",
    async (principal) => ({
      state: await readSecondFactor(principal.userId),
      sessions: await listOwnSessions(principal),
      email: principal.email,
    }),
    { permission: "sign-in:manage-own" },
  );
  return (
    <SettingsPage title="Security" about="How you sign in, and where you are signed in.">
      <SecondFactorPanel state={state} email={email} />
      <OwnSessions sessions={sessions} />
    </SettingsPage>
  );
}
