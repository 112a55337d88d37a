"use client";

import { type FormEvent, useId, useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import { Dialog } from "@/components/ui/dialog.tsx";
import { Checkbox, Field, Input, Select } from "@/components/ui/input.tsx";
import { tokenLimits } from "@/lib/auth/limits.ts";
import type { TokenScope } from "@/lib/auth/roles.ts";
import { Refused, requestToken } from "./token-api.ts";

type CreateProps = {
  open: boolean;
  scopes: readonly TokenScope[];
  onClose: () => void;
  onCreated: (name: string, token: string) => void;
};

const meanings: { readonly [S in TokenScope]: string } = {
  "logs:read": "Read every row of the log views",
  "logs:read-own": "Read the owner’s own rows",
  "audit-log:read": "Read the audit log",
  "exports:create": "Export what it may read",
  "recordings:read": "Read and play every recording",
  "recordings:read-own": "Read and play the owner’s recordings",
  "sessions:end": "End sessions",
};

const lifetimes = [
  { days: 7, label: "in 7 days" },
  { days: 30, label: "in 30 days" },
  { days: 90, label: "in 90 days" },
  { days: 365, label: "in a year" },
] as const;

const never = "never";

export function CreateToken({ open, scopes, onClose, onCreated }: CreateProps) {
  return (
    <Dialog open={open} onClose={onClose} title="Create an API token">
      <CreateForm scopes={scopes} onClose={onClose} onCreated={onCreated} />
    </Dialog>
  );
}

function CreateForm({ scopes, onClose, onCreated }: Omit<CreateProps, "open">) {
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Refused>();
  const faultId = useId();

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const name = String(fields.get("name"));
    const lifetime = String(fields.get("lifetime"));
    const chosen = scopes.filter((scope) => fields.getAll("scopes").includes(scope));
    if (chosen.length === 0) {
      setRefused(new Refused("Choose at least one scope.", { scopes: "must name at least one scope" }));
      return;
    }
    setBusy(true);
    try {
      const expiresInDays = lifetime === never ? null : Number(lifetime);
      onCreated(name, await requestToken({ name, scopes: chosen, expiresInDays }));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      setRefused(error);
      setBusy(false);
    }
  }

  const fault = (field: string) => ({
    ...(refused?.fields[field] === undefined ? {} : { "aria-invalid": true, "aria-describedby": faultId }),
  });
  return (
    <form onSubmit={submit} className="flex flex-col gap-4 p-4">
      <Field label="Name" hint="says later what it is for">
        <Input
          name="name"
          required
          maxLength={tokenLimits.name}
          placeholder="nightly export"
          {...fault("name")}
        />
      </Field>
      <fieldset className="flex flex-col gap-1.5" {...fault("scopes")}>
        <legend className="pb-1 text-xs font-medium text-ink-2">Scopes</legend>
        {scopes.map((scope) => (
          <label key={scope} htmlFor={`scope-${scope}`} className="flex items-center gap-2">
            <Checkbox id={`scope-${scope}`} name="scopes" value={scope} />
            <span>{meanings[scope]}</span>
            <code className="font-mono text-xs text-ink-3 max-sm:hidden">{scope}</code>
          </label>
        ))}
      </fieldset>
      <Field label="Expires">
        <Select name="lifetime" required defaultValue="" {...fault("expiresInDays")}>
          <option value="" disabled>
            Choose …
          </option>
          {lifetimes.map(({ days, label }) => (
            <option key={days} value={days}>
              {label}
            </option>
          ))}
          <option value={never}>never</option>
        </Select>
      </Field>
      <div id={faultId} role="alert">
        {refused && <p className="text-failure">{refused.message}</p>}
      </div>
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" look="primary" disabled={busy}>
          {busy ? "Creating …" : "Create token"}
        </Button>
      </div>
    </form>
  );
}
