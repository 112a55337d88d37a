"use client";

import { type FormEvent, type ReactNode, useState } from "react";
import { useFault } from "@/components/sources/use-fault.ts";
import { Button } from "@/components/ui/button.tsx";
import { cx } from "@/components/ui/cx.ts";
import { FormFault } from "@/components/ui/form-fault.tsx";
import { CheckField, Field, Input } from "@/components/ui/input.tsx";
import { descriptionLength, nameLength, type OfferedNames } from "@/lib/groups/group.ts";
import type { GroupFields } from "./group-api.ts";
import { NamePicker } from "./name-picker.tsx";

type FormProps = {
  given: GroupFields;
  offered: OfferedNames;
  action: string;
  working: string;
  /** Beside the button that sends the form. */
  children?: ReactNode;
  /** @throws what the server refuses */
  onSubmit: (fields: GroupFields) => Promise<void>;
};

/** What a group is called and what its members see. */
export function GroupForm({ given, offered, action, working, children, onSubmit }: FormProps) {
  const fault = useFault();
  const [busy, setBusy] = useState(false);
  const [scope, setScope] = useState({
    globalScope: given.globalScope,
    spaces: given.spaces,
    targets: given.targets,
  });

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    setBusy(true);
    try {
      const name = String(fields.get("name"));
      await onSubmit({ name, description: String(fields.get("description")), ...scope });
    } catch (error) {
      fault.refuse(error);
    }
    setBusy(false);
  }

  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <Field label="Name">
        <Input
          name="name"
          required
          maxLength={nameLength}
          pattern=".*\S.*"
          defaultValue={given.name}
          {...fault.faultOf("name")}
        />
      </Field>
      <Field label="Description" hint="who they are, and what they need it for">
        <Input
          name="description"
          maxLength={descriptionLength}
          defaultValue={given.description}
          {...fault.faultOf("description")}
        />
      </Field>
      <fieldset className="flex flex-col gap-3">
        <legend className="pb-1 text-xs font-medium text-ink-2">
          Members see, as far as their roles go, the rows and recordings of
        </legend>
        <CheckField
          label="every space and target (the global scope)"
          checked={scope.globalScope}
          onChange={({ target }) => setScope({ ...scope, globalScope: target.checked })}
          {...fault.faultOf("globalScope")}
        />
        {!scope.globalScope && (
          <>
            <NamePicker
              noun="space"
              label="these spaces"
              names={scope.spaces}
              offered={offered.spaces}
              onChange={(spaces) => setScope({ ...scope, spaces })}
              {...fault.faultOf("spaces")}
            />
            <NamePicker
              noun="target"
              label="and these targets, clusters among them"
              names={scope.targets}
              offered={offered.targets}
              onChange={(targets) => setScope({ ...scope, targets })}
              {...fault.faultOf("targets")}
            />
          </>
        )}
      </fieldset>
      <FormFault id={fault.id} text={fault.text} />
      <div className={cx("flex gap-2", children !== undefined && "justify-end")}>
        {children}
        <Button type="submit" look="primary" disabled={busy}>
          {busy ? working : action}
        </Button>
      </div>
    </form>
  );
}
