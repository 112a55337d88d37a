"use client";

import { BookOpen } from "lucide-react";
import { Enrolment } from "@/components/security/enrolment.tsx";
import { Button } from "@/components/ui/button.tsx";
import { ToastProvider } from "@/components/ui/toast.tsx";

type EnrolFirstProps = { email: string; organizationName: string; next: string };

/** All that is open to who needs a second factor and has none. */
export function EnrolFirst({ email, organizationName, next }: EnrolFirstProps) {
  async function signOut() {
    await fetch("/api/auth/sign-out", { method: "POST" });
    window.location.assign("/sign-in");
  }
  return (
    <ToastProvider>
      <main className="mx-auto flex min-h-dvh w-full max-w-2xl flex-col justify-center gap-6 px-4 py-10">
        <h1 className="flex items-center gap-2 text-lg font-semibold">
          <BookOpen aria-hidden className="size-5 shrink-0 text-accent" strokeWidth={2.25} />
          Set up a second factor
        </h1>
        <p className="text-ink-2">
          {organizationName} asks for a code beside the password of {email}. You need an authenticator app on
          your phone; everything else is open to you once it is set up.
        </p>
        {/* A full load: nothing that was rendered before stays in the page. */}
        <Enrolment email={email} done="Go on to Daybook" onDone={() => window.location.assign(next)} />
        <p className="border-t border-line pt-4 text-xs text-ink-2">
          <Button size="sm" onClick={signOut}>
            Sign out
          </Button>
        </p>
      </main>
    </ToastProvider>
  );
}
