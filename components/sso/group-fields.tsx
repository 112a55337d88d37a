"use client";

import { Plus, X } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import { Field, Input, Select } from "@/components/ui/input.tsx";
import { type ProviderSettings, providerLimits } from "@/lib/sso/provider.ts";

type GroupChoice = { id: string; name: string };

type GroupProps = {
  settings: ProviderSettings | undefined;
  groups: readonly GroupChoice[];
  faultOf: (field: string) => { "aria-invalid"?: true; "aria-describedby"?: string };
};

/** Which claim holds access groups, and which group each stands for. */
export function GroupFields({ settings, groups, faultOf }: GroupProps) {
  const [rows, setRows] = useState(() =>
    (settings?.groups ?? []).map((mapping, key) => ({ key, ...mapping })),
  );
  const add = () =>
    setRows([...rows, { key: Math.max(-1, ...rows.map(({ key }) => key)) + 1, value: "", groupId: "" }]);
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="pb-2 font-semibold">Groups</legend>
      <Field label="Claim with access groups" hint="empty: groups do not follow from signing in">
        <Input
          name="groupsClaim"
          maxLength={providerLimits.groupsClaim}
          defaultValue={settings?.groupsClaim ?? ""}
          placeholder="groups"
          className="max-w-72"
          {...faultOf("groupsClaim")}
        />
      </Field>
      <p className="text-ink-2">
        At each sign-in a person is put into the groups below whose access group they have, and taken out of
        the others below. SCIM may change the members of these groups, and of groups that it made.
      </p>
      {rows.map(({ key, value, groupId }) => (
        <div key={key} className="grid grid-cols-[1fr_1fr_auto] items-end gap-2">
          <Field label="Access group">
            <Input
              name="groupValue"
              required
              maxLength={providerLimits.groupValue}
              defaultValue={value}
              {...faultOf("groups")}
            />
          </Field>
          <Field label="is the group">
            <Select name="groupId" required defaultValue={groupId}>
              <option value="" disabled>
                Choose …
              </option>
              {groups.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </Select>
          </Field>
          <Button
            look="quiet"
            square
            aria-label="Remove this access group"
            onClick={() => setRows(rows.filter((row) => row.key !== key))}
          >
            <X aria-hidden className="size-4" />
          </Button>
        </div>
      ))}
      {groups.length === 0 ? (
        <p className="text-ink-3">There is no group yet that an access group could stand for.</p>
      ) : (
        <div>
          <Button onClick={add}>
            <Plus aria-hidden className="size-4" />
            Add access group
          </Button>
        </div>
      )}
    </fieldset>
  );
}
