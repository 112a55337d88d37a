import type { Metadata } from "next";
import Link from "next/link";
import { NarrowPage } from "@/components/accounts/narrow-page.tsx";
import { buttonClass } from "@/components/ui/button.tsx";
import { isRefusal, refusals } from "@/lib/sso/refusal.ts";

export const metadata: Metadata = { title: "Not signed in" };

type PageProps = { searchParams: Promise<{ reason?: string | string[]; request?: string | string[] }> };

/** Where somebody comes back to whom a provider did not sign in. It says nothing of accounts. */
export default async function RefusedPage({ searchParams }: PageProps) {
  const { reason, request } = await searchParams;
  const { title, text } = refusals[isRefusal(reason) ? reason : "provider"];
  const known = typeof request === "string" && /^[0-9a-f-]{36}$/.test(request);
  return (
    <NarrowPage title={title}>
      <p className="text-ink-2">{text}</p>
      {known && (
        <p className="text-xs text-ink-2 wrap-anywhere">
          Request <code className="font-mono text-ink">{request}</code>
        </p>
      )}
      <Link href="/sign-in" prefetch={false} className={buttonClass("primary")}>
        Back to signing in
      </Link>
    </NarrowPage>
  );
}
