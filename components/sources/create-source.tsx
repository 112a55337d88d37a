"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { type FormEvent, useState, useSyncExternalStore } from "react";
import { Button, buttonClass } from "@/components/ui/button.tsx";
import { FormFault } from "@/components/ui/form-fault.tsx";
import { Field, Input } from "@/components/ui/input.tsx";
import { keepToken } from "./fresh-token.ts";
import type { KindView } from "./kind-view.ts";
import { readSettings, SettingFields } from "./setting-fields.tsx";
import { requestSource } from "./source-api.ts";
import { useFault } from "./use-fault.ts";

const never = () => () => undefined;

type CreateProps = { kinds: readonly KindView[]; initialKind: string | undefined };

export function CreateSource({ kinds, initialKind }: CreateProps) {
  const router = useRouter();
  const fault = useFault();
  const [chosen, setChosen] = useState(initialKind);
  const [busy, setBusy] = useState(false);
  const kind = kinds.find(({ name }) => name === chosen);
  // Before React has the form, the browser would send it by itself, to this page's address.
  const ready = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const sender = kinds.find(({ name }) => name === fields.get("kind"));
    if (!sender) return;
    setBusy(true);
    try {
      const { id, token } = await requestSource({
        name: String(fields.get("name")),
        kind: sender.name,
        settings: sender === kind ? readSettings(sender, fields) : {},
      });
      keepToken(id, token);
      router.push(`/settings/sources/${id}`);
    } catch (error) {
      fault.refuse(error);
      setBusy(false);
    }
  }

  return (
    <form onSubmit={submit} className="flex max-w-2xl flex-col gap-5">
      <fieldset className="flex flex-col" {...fault.faultOf("kind")}>
        <legend className="pb-1.5 text-xs font-medium text-ink-2">What sends the records</legend>
        {kinds.map(({ name, title, description }) => (
          <label
            key={name}
            htmlFor={`kind-${name}`}
            className="flex cursor-pointer items-start gap-3 border-b border-line px-2 py-2 first-of-type:border-t hover:bg-hover has-checked:bg-accent-soft"
          >
            <input
              type="radio"
              id={`kind-${name}`}
              name="kind"
              value={name}
              required
              defaultChecked={name === initialKind}
              onChange={() => setChosen(name)}
              aria-labelledby={`kind-${name}-title`}
              aria-describedby={`kind-${name}-text`}
              className="mt-1 size-3.5 shrink-0 accent-accent"
            />
            <span className="min-w-0">
              <span id={`kind-${name}-title`} className="block font-medium">
                {title}
              </span>
              <span id={`kind-${name}-text`} className="block text-ink-2">
                {description}
              </span>
            </span>
          </label>
        ))}
      </fieldset>
      <Field label="Name" hint="shows beside its records; the host or the cluster, for instance">
        <Input name="name" required maxLength={100} placeholder="web-1" {...fault.faultOf("name")} />
      </Field>
      {kind && <SettingFields kind={kind} faultOf={fault.faultOf} />}
      <FormFault id={fault.id} text={fault.text} />
      <div className="flex gap-2">
        <Button type="submit" look="primary" disabled={!ready || busy}>
          {busy ? "Creating …" : "Create source"}
        </Button>
        <Link href="/settings/sources" prefetch={false} className={buttonClass()}>
          Cancel
        </Link>
      </div>
    </form>
  );
}
