"use client";

import { Eye, EyeOff } from "lucide-react";
import { type FormEvent, type ReactNode, useRef, useState, useSyncExternalStore } from "react";
import { Button } from "@/components/ui/button.tsx";
import { Field, Input } from "@/components/ui/input.tsx";
import { CodeForm } from "./code-form.tsx";
import { sendPassword } from "./send-sign-in.ts";

const never = () => () => undefined;

type SignInProps = {
  /** A path of this installation, already checked. */
  next: string;
  /** Other ways in, which are of no use to who owes a code. */
  children: ReactNode;
};

export function SignInForm({ next, children }: SignInProps) {
  const [state, setState] = useState<{ busy: boolean; fault?: string; owesCode?: true }>({ busy: false });
  const [visible, setVisible] = useState(false);
  const password = useRef<HTMLInputElement>(null);
  // Before React has the form, the browser would send it by itself, without the form's token.
  const ready = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    setState({ busy: true });
    const { signedIn, owesCode, fault } = await sendPassword(
      String(fields.get("email")),
      String(fields.get("password")),
    );
    if (signedIn) {
      // A full load: nothing that was rendered for nobody stays in the page.
      window.location.assign(next);
      return;
    }
    setState({ busy: false, ...(fault !== undefined && { fault }), ...(owesCode && { owesCode }) });
    password.current?.select();
  }

  if (state.owesCode) {
    const again = (fault?: string) => setState({ busy: false, ...(fault !== undefined && { fault }) });
    return <CodeForm next={next} onAgain={again} />;
  }

  const described =
    state.fault === undefined ? {} : { "aria-invalid": true, "aria-describedby": "sign-in-fault" };
  const Shown = visible ? EyeOff : Eye;
  return (
    <>
      <form
        method="post"
        action="/api/auth/callback/credentials"
        onSubmit={submit}
        className="flex flex-col gap-4"
      >
        <Field label="Email">
          <Input
            className="h-9"
            type="email"
            name="email"
            id="email"
            autoComplete="username"
            autoCapitalize="none"
            autoFocus
            required
            {...described}
          />
        </Field>
        <div className="relative">
          <Field label="Password">
            <Input
              ref={password}
              className="h-9 pr-10"
              type={visible ? "text" : "password"}
              name="password"
              id="password"
              autoComplete="current-password"
              required
              {...described}
            />
          </Field>
          <Button
            look="quiet"
            square
            className="absolute right-0.5 bottom-0.5"
            aria-pressed={visible}
            aria-label="Show password"
            onClick={() => setVisible(!visible)}
          >
            <Shown aria-hidden className="size-4" />
          </Button>
        </div>
        <div id="sign-in-fault" role="alert">
          {state.fault !== undefined && (
            <p className="rounded-md border border-failure bg-failure-soft px-3 py-2 text-failure">
              {state.fault}
            </p>
          )}
        </div>
        <Button type="submit" look="primary" className="h-9" disabled={!ready || state.busy}>
          {state.busy ? "Signing in …" : "Sign in"}
        </Button>
      </form>
      {children}
    </>
  );
}
