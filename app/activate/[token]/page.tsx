import type { Metadata } from "next";
import { headers } from "next/headers";
import { BadLink } from "@/components/accounts/bad-link.tsx";
import { ChoosePassword } from "@/components/accounts/choose-password.tsx";
import { NarrowPage } from "@/components/accounts/narrow-page.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import { tooMany } from "@/lib/http/problem.ts";
import { requestFacts } from "@/lib/http/request-facts.ts";
import { findInvited } from "@/lib/users/server/activation.ts";

export const metadata: Metadata = { title: "Activate your account", referrer: "no-referrer" };

export default async function ActivatePage({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params;
  const { result: invited, fault } = await tooMany(findInvited(token, requestFacts(await headers())));
  if (!invited) return <BadLink fault={fault} next="Ask whoever invited you for another one." />;
  const { organizationName, ...account } = invited;
  return (
    <NarrowPage title="Activate your account">
      <p className="text-ink-2 wrap-anywhere">
        You are invited to the audit console of{" "}
        <span className="font-medium text-ink">
          <VisibleText text={organizationName} />
        </span>
        . Choose a password to begin.
      </p>
      <ChoosePassword token={token} account={account} />
    </NarrowPage>
  );
}
