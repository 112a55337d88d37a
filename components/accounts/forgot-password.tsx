"use client";

import { Button } from "@/components/ui/button.tsx";
import { Field, Input } from "@/components/ui/input.tsx";
import { linkLimits } from "@/lib/users/user.ts";
import { sendForm } from "./account-api.ts";
import { FormFault } from "./form-fault.tsx";
import { useForm } from "./use-form.ts";

/** Asks for a mail. Whether there is such an account, nobody is told. */
export function ForgotPassword() {
  const { state, fault, onSubmit, disabled } = useForm((fields) =>
    sendForm("forgot-password", { email: String(fields.get("email")) }),
  );
  if (state === "done") {
    return (
      <p role="status">
        If there is an account with this address, an email is on its way to it. Its link can be used once,
        within {linkLimits.resetHours} hour. If none comes, look in the spam folder, or ask your
        administrator.
      </p>
    );
  }
  return (
    <form method="post" onSubmit={onSubmit} className="flex flex-col gap-4">
      <p className="text-ink-2">Daybook sends you a link by which you choose a new password.</p>
      <Field label="Email">
        <Input
          className="h-9"
          type="email"
          name="email"
          autoComplete="username"
          autoCapitalize="none"
          autoFocus
          required
          {...(fault !== undefined && { "aria-invalid": true })}
        />
      </Field>
      <FormFault fault={fault} />
      <Button type="submit" look="primary" className="h-9" disabled={disabled}>
        {state === "busy" ? "One moment …" : "Send the link"}
      </Button>
    </form>
  );
}
