"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { type FormEvent, useId, useState } from "react";
import { ApiError } from "@/components/logs/log-api.ts";
import { Button, buttonClass } from "@/components/ui/button.tsx";
import { Field, Input } from "@/components/ui/input.tsx";
import { keepToken } from "./fresh-token.ts";
import type { KindView } from "./kind-view.ts";
import { faultText, requestSource } from "./source-api.ts";

type CreateProps = { kinds: readonly KindView[]; initialKind: string | undefined };
type Fault = { text: string; fields: ReadonlySet<string> };

const settingField = (name: string): string => `settings.${name}`;

export function CreateSource({ kinds, initialKind }: CreateProps) {
  const router = useRouter();
  const faultId = useId();
  const [chosen, setChosen] = useState(initialKind);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<Fault>();
  const kind = kinds.find(({ name }) => name === chosen);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (!kind) return;
    const fields = new FormData(event.currentTarget);
    const settings = Object.fromEntries(
      kind.settings.map(({ name }) => [name, String(fields.get(settingField(name)))]),
    );
    setBusy(true);
    try {
      const { id, token } = await requestSource({
        name: String(fields.get("name")),
        kind: kind.name,
        settings,
      });
      keepToken(id, token);
      router.push(`/settings/sources/${id}`);
    } catch (error) {
      const wrong = error instanceof ApiError ? error.errors.map(({ parameter }) => parameter) : [];
      setFault({ text: faultText(error), fields: new Set(wrong) });
      setBusy(false);
    }
  }

  const faultOf = (field: string) =>
    fault?.fields.has(field) ? { "aria-invalid": true, "aria-describedby": faultId } : {};
  return (
    <form onSubmit={submit} className="flex max-w-2xl flex-col gap-5">
      <fieldset className="flex flex-col" {...faultOf("kind")}>
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
              checked={name === chosen}
              onChange={() => setChosen(name)}
              aria-describedby={`kind-${name}-text`}
              className="mt-1 size-3.5 shrink-0 accent-accent"
            />
            <span className="min-w-0">
              <span className="block font-medium">{title}</span>
              <span id={`kind-${name}-text`} className="block text-ink-2">
                {description}
              </span>
            </span>
          </label>
        ))}
      </fieldset>
      <Field label="Name" hint="shows beside its records; the host or the cluster, for instance">
        <Input name="name" required maxLength={100} placeholder="web-1" {...faultOf("name")} />
      </Field>
      {kind?.settings.map(({ name, title, description }) => (
        <div key={`${kind.name} ${name}`} className="flex flex-col gap-1">
          <Field label={title} hint="may stay empty">
            <Input name={settingField(name)} maxLength={1000} {...faultOf(settingField(name))} />
          </Field>
          <p className="text-xs text-ink-2">{description}</p>
        </div>
      ))}
      <div id={faultId} role="alert">
        {fault && <p className="text-failure">{fault.text}</p>}
      </div>
      <div className="flex gap-2">
        <Button type="submit" look="primary" disabled={busy}>
          {busy ? "Creating …" : "Create source"}
        </Button>
        <Link href="/settings/sources" prefetch={false} className={buttonClass()}>
          Cancel
        </Link>
      </div>
    </form>
  );
}
