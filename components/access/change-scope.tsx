"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { requestGlobalScope, requestMember, requestRemoval } from "@/components/groups/group-api.ts";
import { faultText } from "@/components/sources/source-api.ts";
import { Button } from "@/components/ui/button.tsx";
import { Dialog } from "@/components/ui/dialog.tsx";
import { CheckField, Field, Select } from "@/components/ui/input.tsx";
import type { AccessLine } from "@/lib/access/access.ts";

type ChangeProps = { line: AccessLine; groups: readonly { id: string; name: string }[] };

/** What somebody sees beside the role: the global scope, or groups. Each change counts at once. */
export function ChangeScope({ line, groups }: ChangeProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="sm" aria-label={`Change what ${line.email} sees`} onClick={() => setOpen(true)}>
        Change
      </Button>
      <Dialog open={open} onClose={() => setOpen(false)} title={`What ${line.email} sees`}>
        <div className="flex flex-col gap-4 p-4 text-left">
          <Scope line={line} groups={groups} />
          <div className="flex justify-end">
            <Button onClick={() => setOpen(false)}>Close</Button>
          </div>
        </div>
      </Dialog>
    </>
  );
}

function Scope({ line, groups }: ChangeProps) {
  const router = useRouter();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const others = groups.filter(({ id }) => !line.groups.some((group) => group.id === id));

  async function change(request: () => Promise<unknown>) {
    setBusy(true);
    setFault(undefined);
    try {
      await request();
      router.refresh();
    } catch (error) {
      setFault(faultText(error));
    }
    setBusy(false);
  }

  function join(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const group = String(new FormData(event.currentTarget).get("group"));
    void change(() => requestMember(group, line.id));
  }

  return (
    <>
      <CheckField
        label="Global scope: every space and target"
        checked={line.globalScope}
        disabled={busy}
        onChange={({ target }) => void change(() => requestGlobalScope(line.id, target.checked))}
      />
      <p className="text-ink-2">
        {line.globalScope
          ? "The groups count once the global scope is taken."
          : "Only what the groups name is seen, as far as the role goes."}
      </p>
      {line.groups.length > 0 && (
        <ul aria-label="Groups" className="flex flex-col border-t border-line">
          {line.groups.map(({ id, name }) => (
            <li key={id} className="flex items-center justify-between gap-2 border-b border-line py-1.5">
              <Link href={`/settings/groups/${id}`} prefetch={false} className="text-accent hover:underline">
                {name}
              </Link>
              <Button
                size="sm"
                disabled={busy}
                aria-label={`Remove from ${name}`}
                onClick={() => void change(() => requestRemoval(id, line.id))}
              >
                Remove
              </Button>
            </li>
          ))}
        </ul>
      )}
      {others.length > 0 ? (
        <form onSubmit={join} className="flex items-end gap-2">
          <div className="min-w-0 flex-1">
            <Field label="Group">
              <Select name="group" required defaultValue="" key={others.length}>
                <option value="" disabled>
                  Choose …
                </option>
                {others.map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
              </Select>
            </Field>
          </div>
          <Button type="submit" disabled={busy}>
            Add to group
          </Button>
        </form>
      ) : (
        <p className="text-ink-2">There is no {line.groups.length > 0 ? "other " : ""}group yet.</p>
      )}
      <div role="alert">{fault !== undefined && <p className="text-failure">{fault}</p>}</div>
    </>
  );
}
