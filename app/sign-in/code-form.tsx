"use client";

import { type FormEvent, useRef, useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import { Field, Input } from "@/components/ui/input.tsx";
import { sendCode } from "./send-sign-in.ts";

type CodeProps = {
  next: string;
  /** Back to the password, with what is to be said there. */
  onAgain: (fault?: string) => void;
};

/** The second step, for who has a second factor. */
export function CodeForm({ next, onAgain }: CodeProps) {
  const [state, setState] = useState<{ busy: boolean; fault?: string }>({ busy: false });
  const input = useRef<HTMLInputElement>(null);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    setState({ busy: true });
    const { signedIn, fault, again } = await sendCode(String(new FormData(event.currentTarget).get("code")));
    if (signedIn) window.location.assign(next);
    else if (again) onAgain(fault);
    else {
      setState({ busy: false, ...(fault !== undefined && { fault }) });
      input.current?.select();
    }
  }

  const described =
    state.fault === undefined ? {} : { "aria-invalid": true, "aria-describedby": "code-fault" };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <Field label="Code" hint="from your app, or one of your recovery codes">
        <Input
          ref={input}
          className="h-9 font-mono"
          name="code"
          id="code"
          autoComplete="one-time-code"
          autoCapitalize="none"
          maxLength={64}
          autoFocus
          required
          {...described}
        />
      </Field>
      <div id="code-fault" role="alert">
        {state.fault !== undefined && (
          <p className="rounded-md border border-failure bg-failure-soft px-3 py-2 text-failure">
            {state.fault}
          </p>
        )}
      </div>
      <Button type="submit" look="primary" className="h-9" disabled={state.busy}>
        {state.busy ? "Signing in …" : "Sign in"}
      </Button>
      <Button className="h-9" onClick={() => onAgain()}>
        Start again
      </Button>
      <p className="text-xs text-ink-2">
        No phone and no recovery code? An admin of your organization can take the second factor away.
      </p>
    </form>
  );
}
