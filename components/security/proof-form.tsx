"use client";

import { type FormEvent, type ReactNode, useState } from "react";
import { useFault } from "@/components/sources/use-fault.ts";
import { Button, type ButtonLook } from "@/components/ui/button.tsx";
import { FormFault } from "@/components/ui/form-fault.tsx";
import { Field, Input } from "@/components/ui/input.tsx";

export type Asked = "password" | "code";

type ProofProps = {
  asked: Asked;
  label: string;
  hint?: string;
  action: string;
  working: string;
  look?: ButtonLook;
  children?: ReactNode;
  /** @throws ApiError */
  onProof: (given: string) => Promise<void>;
  onCancel?: () => void;
};

/** Asks for the password or a code, and says when it was not right. */
export function ProofForm(props: ProofProps) {
  const { asked, label, hint, action, working, look = "primary", children, onProof, onCancel } = props;
  const [busy, setBusy] = useState(false);
  const fault = useFault();

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    setBusy(true);
    try {
      await onProof(String(new FormData(form).get(asked)));
    } catch (error) {
      fault.refuse(error);
      setBusy(false);
      form.querySelector("input")?.select();
    }
  }

  return (
    <form onSubmit={submit} className="flex max-w-sm flex-col gap-3">
      {children}
      <Field label={label} {...(hint !== undefined && { hint })}>
        <Input
          name={asked}
          type={asked === "password" ? "password" : "text"}
          autoComplete={asked === "password" ? "current-password" : "one-time-code"}
          autoCapitalize="none"
          maxLength={asked === "password" ? 1024 : 64}
          className={asked === "code" ? "h-9 max-w-56 font-mono" : "h-9"}
          data-autofocus
          required
          {...fault.faultOf(asked)}
        />
      </Field>
      <FormFault id={fault.id} text={fault.text} />
      <div className="flex flex-wrap gap-2">
        <Button type="submit" look={look} disabled={busy}>
          {busy ? working : action}
        </Button>
        {onCancel && <Button onClick={onCancel}>Cancel</Button>}
      </div>
    </form>
  );
}
