import type { Metadata } from "next";
import Link from "next/link";
import { redirect } from "next/navigation";
import { NarrowPage } from "@/components/accounts/narrow-page.tsx";
import { safeNext } from "@/lib/auth/next-path.ts";
import { currentUser } from "@/lib/auth/server/current.ts";
import { listButtons } from "@/lib/sso/server/providers.ts";
import { ProviderButtons } from "./provider-buttons.tsx";
import { SignInForm } from "./sign-in-form.tsx";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage({
  searchParams,
}: {
  searchParams: Promise<{ next?: string | string[] }>;
}) {
  const { next } = await searchParams;
  const target = safeNext(typeof next === "string" ? next : undefined);
  if (await currentUser()) redirect(target);
  const providers = await listButtons();
  return (
    <NarrowPage title="Sign in to Daybook">
      <SignInForm next={target}>
        <Link href="/reset-password" prefetch={false} className="text-accent underline">
          Forgot your password?
        </Link>
        {providers.length > 0 && <ProviderButtons providers={providers} next={target} />}
        <p className="border-t border-line pt-4 text-xs text-ink-2">
          First time here? The first password was printed in the terminal where{" "}
          <code className="font-mono text-ink">npm start</code> ran for the first time, and is shown nowhere
          else.
        </p>
      </SignInForm>
    </NarrowPage>
  );
}
