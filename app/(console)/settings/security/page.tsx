import type { Metadata } from "next";
import { OwnSessions } from "@/components/security/own-sessions.tsx";
import { SecondFactorPanel } from "@/components/security/second-factor-panel.tsx";
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
    <div className="mx-auto flex w-full max-w-5xl flex-col gap-8 px-4 py-6">
      <header>
        <h1 className="text-lg font-semibold">Security</h1>
        <p className="text-ink-2">How you sign in, and where you are signed in.</p>
      </header>
      <SecondFactorPanel state={state} email={email} />
      <OwnSessions sessions={sessions} />
    </div>
  );
}
