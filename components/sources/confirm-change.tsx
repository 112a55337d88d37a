"use client";

import { type FormEvent, type ReactNode, useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import { Dialog } from "@/components/ui/dialog.tsx";
import { Field, Input } from "@/components/ui/input.tsx";
import { faultText } from "./source-api.ts";

type ConfirmProps = {
  open: boolean;
  onClose: () => void;
  /** Names the thing. */
  title: string;
  /** What will happen. */
  children: ReactNode;
  /** Of the button, and while it works. */
  action: string;
  working: string;
  look: "danger" | "primary";
  /** Asks for the reader's words, which go into the audit log. */
  reasonNeeded: boolean;
  onConfirm: (reason: string) => Promise<void>;
};

/** Asks before a change. It closes when the change was made, and says why it was not. */
export function ConfirmChange({ open, onClose, title, ...form }: ConfirmProps) {
  return (
    <Dialog open={open} onClose={onClose} title={title}>
      <ConfirmForm onClose={onClose} {...form} />
    </Dialog>
  );
}

function ConfirmForm(props: Omit<ConfirmProps, "open" | "title">) {
  const { onClose, children, action, working, look, reasonNeeded, onConfirm } = props;
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const reason = String(new FormData(event.currentTarget).get("reason") ?? "").trim();
    setBusy(true);
    try {
      await onConfirm(reason);
      onClose();
    } catch (error) {
      setFault(faultText(error));
      setBusy(false);
    }
  }

  return (
    <form onSubmit={submit} className="flex flex-col gap-4 p-4">
      <div className="wrap-anywhere">{children}</div>
      {reasonNeeded && (
        <Field label="Reason" hint="goes into the audit log">
          <Input name="reason" required maxLength={500} pattern=".*\S.*" />
        </Field>
      )}
      <div role="alert">{fault !== undefined && <p className="text-failure">{fault}</p>}</div>
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" look={look} disabled={busy}>
          {busy ? working : action}
        </Button>
      </div>
    </form>
  );
}
