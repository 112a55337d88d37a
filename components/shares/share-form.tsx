"use client";

import { type FormEvent, useState } from "react";
import { callApi } from "@/components/logs/log-api.ts";
import { useFault } from "@/components/sources/use-fault.ts";
import { Button } from "@/components/ui/button.tsx";
import { FormFault } from "@/components/ui/form-fault.tsx";
import { Field, Input, Select } from "@/components/ui/input.tsx";
import { type Auditor, longestShareDays } from "@/lib/shares/share.ts";

type FormProps = {
  path: string;
  auditors: readonly Auditor[];
  onShared: (email: string) => Promise<void>;
};

/** Shares a session with an auditor. */
export function ShareForm({ path, auditors, onShared }: FormProps) {
  const fault = useFault();
  const [busy, setBusy] = useState(false);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const given = Object.fromEntries(new FormData(form));
    setBusy(true);
    try {
      await callApi(path, {
        method: "POST",
        body: JSON.stringify(given),
        headers: { "content-type": "application/json" },
      });
      form.reset();
      await onShared(auditors.find(({ id }) => id === given["userId"])?.email ?? "");
    } catch (error) {
      fault.refuse(error);
    }
    setBusy(false);
  }

  if (auditors.length === 0)
    return <p className="text-ink-2">The organization has no auditor to share a session with.</p>;
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <Field label="Auditor">
        <Select name="userId" required defaultValue="" {...fault.faultOf("userId")}>
          <option value="" disabled>
            Choose …
          </option>
          {auditors.map(({ id, email, sharedOnly, limited }) => (
            <option key={id} value={id}>
              {sharedOnly
                ? email
                : `${email} (sees ${limited ? "what the groups give" : "all sessions"} anyway)`}
            </option>
          ))}
        </Select>
      </Field>
      <Field label="Reason" hint="goes into the audit log">
        <Input name="reason" required maxLength={500} pattern=".*\S.*" {...fault.faultOf("reason")} />
      </Field>
      <Field label="Until" hint={`the end of this day in UTC, at most ${longestShareDays} days away`}>
        <Input type="date" name="until" required {...fault.faultOf("until")} />
      </Field>
      <FormFault id={fault.id} text={fault.text} />
      <div className="flex justify-end">
        <Button type="submit" look="primary" disabled={busy}>
          {busy ? "Sharing …" : "Share session"}
        </Button>
      </div>
    </form>
  );
}
