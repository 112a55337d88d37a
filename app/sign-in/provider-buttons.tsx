"use client";

import { KeyRound } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import { beginSingleSignOn } from "./send-sign-in.ts";

type ButtonsProps = { providers: readonly { id: string; name: string }[]; next: string };

/** A button for each provider; it leads to the provider's own page. */
export function ProviderButtons({ providers, next }: ButtonsProps) {
  const [busy, setBusy] = useState<string>();
  const [fault, setFault] = useState<string>();

  async function press(id: string) {
    setBusy(id);
    setFault(undefined);
    const begun = await beginSingleSignOn(id, next);
    if ("url" in begun) {
      window.location.assign(begun.url);
      return;
    }
    setFault(begun.fault);
    setBusy(undefined);
  }

  return (
    <section aria-label="Other ways to sign in" className="flex flex-col gap-2">
      <p className="flex items-center gap-3 text-xs text-ink-3 before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
        or
      </p>
      {providers.map(({ id, name }) => (
        <Button key={id} className="h-9 min-w-0" disabled={busy !== undefined} onClick={() => press(id)}>
          <KeyRound aria-hidden className="size-4 shrink-0" />
          <span className="truncate">
            {busy === id ? "Going to " : "Sign in with "}
            <VisibleText text={name} />
            {busy === id && " …"}
          </span>
        </Button>
      ))}
      <div role="alert">
        {fault !== undefined && (
          <p className="rounded-md border border-failure bg-failure-soft px-3 py-2 text-failure">{fault}</p>
        )}
      </div>
    </section>
  );
}
