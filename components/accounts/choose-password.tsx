"use client";

import Link from "next/link";
import { Button, buttonClass } from "@/components/ui/button.tsx";
import { Field, Input } from "@/components/ui/input.tsx";
import { userLimits } from "@/lib/users/user.ts";
import { sendForm } from "./account-api.ts";
import { FormFault } from "./form-fault.tsx";
import { NewPassword } from "./new-password.tsx";
import { useForm } from "./use-form.ts";

/** The form behind a link in a mail. With `account`, it is an invitation: the person says their name too. */
export function ChoosePassword({
  token,
  account,
}: {
  token: string;
  account?: { email: string; name: string };
}) {
  const { state, fault, onSubmit, disabled } = useForm((fields) => {
    const password = String(fields.get("password"));
    return account
      ? sendForm("activate", { token, name: String(fields.get("name")), password })
      : sendForm("reset-password", { token, password });
  });
  if (state === "done") {
    return (
      <div role="status" className="flex flex-col items-start gap-4">
        <p>
          {account
            ? "Your account is active. Sign in with your email address and the password that you chose."
            : "Your password is changed, and your sessions have ended. Sign in with the new one."}
        </p>
        <Link href="/sign-in" prefetch={false} className={buttonClass("primary")}>
          Sign in
        </Link>
      </div>
    );
  }
  return (
    <form method="post" onSubmit={onSubmit} className="flex flex-col gap-4">
      {account && (
        <>
          <Field label="Email">
            <Input
              className="h-9 text-ink-2"
              type="email"
              name="email"
              autoComplete="username"
              value={account.email}
              readOnly
            />
          </Field>
          <Field label="Your name">
            <Input
              className="h-9"
              name="name"
              autoComplete="name"
              defaultValue={account.name}
              maxLength={userLimits.name}
              pattern=".*\S.*"
              required
            />
          </Field>
        </>
      )}
      <NewPassword invalid={fault !== undefined} />
      <FormFault fault={fault} />
      <Button type="submit" look="primary" className="h-9" disabled={disabled}>
        {state === "busy" ? "One moment …" : account ? "Activate account" : "Change password"}
      </Button>
    </form>
  );
}
