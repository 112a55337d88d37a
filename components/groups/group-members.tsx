"use client";

import { UserPlus } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import { ConfirmChange } from "@/components/sources/confirm-change.tsx";
import { useFault } from "@/components/sources/use-fault.ts";
import { Button } from "@/components/ui/button.tsx";
import { cx } from "@/components/ui/cx.ts";
import { FormFault } from "@/components/ui/form-fault.tsx";
import { Field, Input } from "@/components/ui/input.tsx";
import { cellClass, headClass } from "@/components/ui/table-classes.ts";
import { useNotify } from "@/components/ui/toast.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { Group, GroupMember } from "@/lib/groups/group.ts";
import { requestMember, requestRemoval } from "./group-api.ts";

type MembersProps = { group: Group; people: readonly string[]; onChange: (group: Group) => void };

/** Who is in a group, with a way in and a way out. */
export function GroupMembers({ group, people, onChange }: MembersProps) {
  const notify = useNotify();
  const [leaving, setLeaving] = useState<GroupMember>();
  return (
    <section aria-labelledby="members-title" className="flex min-w-0 flex-col gap-3">
      <h2 id="members-title" className="font-semibold">
        Members
      </h2>
      <AddMember group={group} people={people} onChange={onChange} />
      {group.members.length === 0 ? (
        <p className="text-ink-2">Nobody is in this group yet.</p>
      ) : (
        <table className="w-full border-collapse">
          <thead>
            <tr>
              <th scope="col" className={headClass}>
                Person
              </th>
              <th scope="col" className={cx(headClass, "max-sm:hidden")}>
                Role
              </th>
              <th scope="col" className={headClass}>
                <span className="sr-only">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {group.members.map((member) => (
              <tr key={member.id} className="hover:bg-hover">
                <th scope="row" className={cx(cellClass, "text-left font-medium wrap-anywhere")}>
                  <VisibleText text={member.email} />
                  <div className="text-xs font-normal text-ink-2">
                    {member.name !== member.email && <VisibleText text={member.name} />}
                  </div>
                  {member.globalScope && (
                    <div className="text-xs font-normal text-ink-2">
                      sees everything anyway:{" "}
                      {member.role === "superuser" ? "a superuser" : "has the global scope"}
                    </div>
                  )}
                </th>
                <td className={cx(cellClass, "max-sm:hidden")}>
                  {member.role}
                  {member.status !== "active" && <div className="text-xs text-ink-2">{member.status}</div>}
                </td>
                <td className={cx(cellClass, "py-1 text-right")}>
                  <Button size="sm" aria-label={`Remove ${member.email}`} onClick={() => setLeaving(member)}>
                    Remove
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <ConfirmChange
        open={leaving !== undefined}
        onClose={() => setLeaving(undefined)}
        title={`Remove ${leaving?.email ?? ""}?`}
        action="Remove"
        working="Removing …"
        look="danger"
        reasonNeeded={false}
        onConfirm={async () => {
          if (!leaving) return;
          onChange(await requestRemoval(group.id, leaving.id));
          notify(`Removed ${leaving.email}`);
        }}
      >
        <p>What they see through this group alone is gone within a second.</p>
      </ConfirmChange>
    </section>
  );
}

function AddMember({ group, people, onChange }: MembersProps) {
  const notify = useNotify();
  const fault = useFault();
  const id = useId();
  const [busy, setBusy] = useState(false);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const user = String(new FormData(form).get("user")).trim();
    setBusy(true);
    try {
      onChange(await requestMember(group.id, user));
      notify(`Added ${user}`);
      form.reset();
    } catch (error) {
      fault.refuse(error);
    }
    setBusy(false);
  }

  const members = new Set(group.members.map(({ email }) => email));
  return (
    <form onSubmit={submit} className="flex flex-col gap-2">
      <div className="flex items-end gap-2">
        <div className="min-w-0 flex-1">
          <Field label="Email address">
            <Input name="user" required maxLength={320} list={id} {...fault.faultOf("user")} />
          </Field>
        </div>
        <datalist id={id}>
          {people
            .filter((email) => !members.has(email))
            .map((email) => (
              <option key={email} value={email} />
            ))}
        </datalist>
        <Button type="submit" disabled={busy}>
          <UserPlus aria-hidden className="size-4" />
          Add member
        </Button>
      </div>
      <FormFault id={fault.id} text={fault.text} />
    </form>
  );
}
