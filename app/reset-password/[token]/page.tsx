import type { Metadata } from "next";
import { headers } from "next/headers";
import { BadLink } from "@/components/accounts/bad-link.tsx";
import { ChoosePassword } from "@/components/accounts/choose-password.tsx";
import { NarrowPage } from "@/components/accounts/narrow-page.tsx";
import { tooMany } from "@/lib/http/problem.ts";
import { requestFacts } from "@/lib/http/request-facts.ts";
import { canReset } from "@/lib/users/server/password-reset.ts";

export const metadata: Metadata = { title: "New password", referrer: "no-referrer" };

export default async function ResetPasswordPage({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params;
  const found = await tooMany(canReset(token, requestFacts(await headers())));
  if (found.result !== true)
    return (
      <BadLink fault={found.fault} next="Ask for another one: Forgot your password? on the sign-in page." />
    );
  return (
    <NarrowPage title="Choose a new password">
      <ChoosePassword token={token} />
    </NarrowPage>
  );
}
