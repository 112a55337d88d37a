"use client";

import { type FormEvent, useState } from "react";
import { useFault } from "@/components/sources/use-fault.ts";
import { Button } from "@/components/ui/button.tsx";
import { Dialog } from "@/components/ui/dialog.tsx";
import { FormFault } from "@/components/ui/form-fault.tsx";
import { Field, Input, Select } from "@/components/ui/input.tsx";
import { certificateDays, type NewCertificate } from "@/lib/certificates/certificate.ts";
import { requestCertificate } from "./certificate-api.ts";

type IssueProps = {
  sourceId: string;
  open: boolean;
  onClose: () => void;
  onIssued: (issued: NewCertificate) => void;
};

const lifetimes = [
  { days: 90, label: "90 days" },
  { days: certificateDays.usual, label: "a year" },
  { days: 730, label: "two years" },
];

/** Asks for a client certificate. */
export function IssueDialog({ open, ...form }: IssueProps) {
  return (
    <Dialog open={open} onClose={form.onClose} title="Issue a client certificate">
      <IssueForm {...form} />
    </Dialog>
  );
}

function IssueForm({ sourceId, onClose, onIssued }: Omit<IssueProps, "open">) {
  const fault = useFault();
  const [busy, setBusy] = useState(false);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const wish = { name: String(form.get("name")).trim(), days: Number(form.get("days")) };
    setBusy(true);
    try {
      const issued = await requestCertificate(sourceId, wish);
      onClose();
      onIssued(issued);
    } catch (error) {
      fault.refuse(error);
      setBusy(false);
    }
  }

  return (
    <form onSubmit={submit} className="flex flex-col gap-4 p-4">
      <Field label="Name" hint="of the host that will have it">
        <Input
          name="name"
          required
          maxLength={64}
          placeholder="web-1.example.org"
          {...fault.faultOf("name")}
        />
      </Field>
      <Field label="Good for">
        <Select name="days" defaultValue={certificateDays.usual} {...fault.faultOf("days")}>
          {lifetimes.map(({ days, label }) => (
            <option key={days} value={days}>
              {label}
            </option>
          ))}
        </Select>
      </Field>
      <FormFault id={fault.id} text={fault.text} />
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" look="primary" disabled={busy}>
          {busy ? "Issuing …" : "Issue certificate"}
        </Button>
      </div>
    </form>
  );
}
