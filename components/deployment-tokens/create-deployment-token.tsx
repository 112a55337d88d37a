"use client";

import { type FormEvent, useState } from "react";
import type { KindView } from "@/components/sources/kind-view.ts";
import { readSettings, SettingFields } from "@/components/sources/setting-fields.tsx";
import { useFault } from "@/components/sources/use-fault.ts";
import { Button } from "@/components/ui/button.tsx";
import { Dialog } from "@/components/ui/dialog.tsx";
import { FormFault } from "@/components/ui/form-fault.tsx";
import { Field, Input, Select } from "@/components/ui/input.tsx";
import { deploymentLimits } from "@/lib/deployment-tokens/deployment-token.ts";
import { requestDeploymentToken } from "./deployment-token-api.ts";
import type { Fresh } from "./fresh-deployment-token.tsx";

type CreateProps = {
  open: boolean;
  kinds: readonly KindView[];
  onClose: () => void;
  onCreated: (fresh: Fresh) => void;
};

const lifetimes = [
  { hours: 1, label: "in an hour" },
  { hours: 24, label: "in a day" },
  { hours: 7 * 24, label: "in 7 days" },
  { hours: 30 * 24, label: "in 30 days" },
  { hours: deploymentLimits.hours, label: "in 90 days" },
] as const;

/** Asks for a deployment token. */
export function CreateDeploymentToken({ open, ...form }: CreateProps) {
  return (
    <Dialog open={open} onClose={form.onClose} title="Create a deployment token">
      <CreateForm {...form} />
    </Dialog>
  );
}

function CreateForm({ kinds, onClose, onCreated }: Omit<CreateProps, "open">) {
  const fault = useFault();
  const [busy, setBusy] = useState(false);
  const [chosen, setChosen] = useState("");
  const kind = kinds.find(({ name }) => name === chosen);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (!kind) return;
    const fields = new FormData(event.currentTarget);
    const name = String(fields.get("name")).trim();
    setBusy(true);
    try {
      const token = await requestDeploymentToken({
        name,
        kind: kind.name,
        settings: readSettings(kind, fields),
        hosts: Number(fields.get("hosts")),
        expiresInHours: Number(fields.get("expiresInHours")),
      });
      onCreated({ name, kind: kind.name, token });
    } catch (error) {
      fault.refuse(error);
      setBusy(false);
    }
  }

  return (
    <form onSubmit={submit} className="flex flex-col gap-4 p-4">
      <Field label="Name" hint="says later what it is for">
        <Input name="name" required maxLength={100} placeholder="web servers" {...fault.faultOf("name")} />
      </Field>
      <Field label="What the hosts send">
        <Select
          name="kind"
          required
          value={chosen}
          onChange={(event) => setChosen(event.target.value)}
          {...fault.faultOf("kind")}
        >
          <option value="" disabled>
            Choose …
          </option>
          {kinds.map(({ name, title }) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </Select>
      </Field>
      {kind && <SettingFields kind={kind} faultOf={fault.faultOf} />}
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Hosts that may pair" hint={`at most ${deploymentLimits.hosts}`}>
          <Input
            name="hosts"
            type="number"
            required
            min={1}
            max={deploymentLimits.hosts}
            defaultValue={1}
            {...fault.faultOf("hosts")}
          />
        </Field>
        <Field label="Expires">
          <Select name="expiresInHours" required defaultValue="" {...fault.faultOf("expiresInHours")}>
            <option value="" disabled>
              Choose …
            </option>
            {lifetimes.map(({ hours, label }) => (
              <option key={hours} value={hours}>
                {label}
              </option>
            ))}
          </Select>
        </Field>
      </div>
      <FormFault id={fault.id} text={fault.text} />
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" look="primary" disabled={busy}>
          {busy ? "Creating …" : "Create token"}
        </Button>
      </div>
    </form>
  );
}
