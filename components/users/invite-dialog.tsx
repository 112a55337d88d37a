"use client";

import { type FormEvent, useState } from "react";
import { useFault } from "@/components/sources/use-fault.ts";
import { Button } from "@/components/ui/button.tsx";
import { Dialog } from "@/components/ui/dialog.tsx";
import { Field, Input } from "@/components/ui/input.tsx";
import type { Role } from "@/lib/auth/roles.ts";
import { type Invitation, userLimits } from "@/lib/users/user.ts";
import { type GroupChoice, readScope, ScopeFields } from "./scope-fields.tsx";
import { requestInvitation } from "./user-api.ts";
import { readFields, UserFields } from "./user-fields.tsx";

type InviteProps = {
  open: boolean;
  actor: Role;
  groups: readonly GroupChoice[];
  seesAll: boolean;
  onClose: () => void;
  onInvited: (invitation: Invitation, email: string) => void;
};

export function InviteDialog({ open, ...form }: InviteProps) {
  return (
    <Dialog open={open} onClose={form.onClose} title="Invite somebody">
      <InviteForm {...form} />
    </Dialog>
  );
}

function InviteForm({ actor, groups, seesAll, onClose, onInvited }: Omit<InviteProps, "open">) {
  const [busy, setBusy] = useState(false);
  const { id, text, refuse, faultOf } = useFault();

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const email = String(fields.get("email")).trim().toLowerCase();
    setBusy(true);
    try {
      const wish = { email, ...readFields(fields, "member"), ...readScope(fields) };
      onInvited(await requestInvitation(wish), email);
    } catch (error) {
      refuse(error);
      setBusy(false);
    }
  }

  return (
    <form onSubmit={submit} className="flex flex-col gap-4 p-4">
      <Field label="Email" hint="cannot be changed later: rows are theirs by it">
        <Input
          type="email"
          name="email"
          required
          maxLength={userLimits.email}
          autoCapitalize="none"
          data-autofocus
          {...faultOf("email")}
        />
      </Field>
      <UserFields actor={actor} faultOf={faultOf} />
      <ScopeFields groups={groups} globalScope={seesAll} memberOf={[]} mayGrantAll={seesAll} />
      <div role="alert" id={id}>
        {text !== undefined && <p className="text-failure">{text}</p>}
      </div>
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" look="primary" disabled={busy}>
          {busy ? "Inviting …" : "Invite"}
        </Button>
      </div>
    </form>
  );
}
