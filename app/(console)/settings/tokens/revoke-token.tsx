"use client";

import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import { Dialog } from "@/components/ui/dialog.tsx";
import { Field, Input } from "@/components/ui/input.tsx";
import { useNotify } from "@/components/ui/toast.tsx";
import type { ApiTokenItem } from "@/lib/auth/api-token.ts";
import { Refused, requestRevocation } from "./token-api.ts";

type RevokeProps = { token: ApiTokenItem | undefined; onClose: () => void; onRevoked: () => void };

export function RevokeToken({ token, onClose, onRevoked }: RevokeProps) {
  return (
    <Dialog open={token !== undefined} onClose={onClose} title={`Revoke “${token?.name ?? ""}”?`}>
      {token && <RevokeForm token={token} onClose={onClose} onRevoked={onRevoked} />}
    </Dialog>
  );
}

function RevokeForm({ token, onClose, onRevoked }: RevokeProps & { token: ApiTokenItem }) {
  const notify = useNotify();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const reason = String(new FormData(event.currentTarget).get("reason")).trim();
    setBusy(true);
    try {
      await requestRevocation(token.id, reason);
      notify(`Revoked ${token.name}`);
      onClose();
      onRevoked();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      setFault(error.message);
      setBusy(false);
    }
  }

  return (
    <form onSubmit={submit} className="flex flex-col gap-4 p-4">
      <p>
        Programs that use <code className="font-mono">{token.prefix}…</code> of {token.owner.email} are
        refused from their next request on. This cannot be undone.
      </p>
      <Field label="Reason" hint="goes into the audit log">
        <Input name="reason" required maxLength={500} pattern=".*\S.*" />
      </Field>
      <div role="alert">{fault !== undefined && <p className="text-failure">{fault}</p>}</div>
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" look="danger" disabled={busy}>
          {busy ? "Revoking …" : "Revoke token"}
        </Button>
      </div>
    </form>
  );
}
