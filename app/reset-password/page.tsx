import type { Metadata } from "next";
import Link from "next/link";
import { connection } from "next/server";
import { ForgotPassword } from "@/components/accounts/forgot-password.tsx";
import { NarrowPage } from "@/components/accounts/narrow-page.tsx";
import { mailIsSetUp } from "@/lib/mail/server/send-mail.ts";

export const metadata: Metadata = { title: "Forgot your password?" };

export default async function ForgotPasswordPage() {
  await connection();
  return (
    <NarrowPage title="Forgot your password?">
      {mailIsSetUp() ? <ForgotPassword /> : <NoMail />}
      <p className="border-t border-line pt-4 text-xs">
        <Link href="/sign-in" prefetch={false} className="text-accent underline">
          Back to the sign-in page
        </Link>
      </p>
    </NarrowPage>
  );
}

function NoMail() {
  return (
    <>
      <p>
        This Daybook sends no email. Ask whoever runs it: on the server, this command prints a new password
        for you.
      </p>
      <pre className="rounded-md bg-sunken px-3 py-2 font-mono text-xs whitespace-pre-wrap wrap-anywhere">
        npm run reset-password -- you@example.org
      </pre>
    </>
  );
}
