"use client";

import { useState } from "react";
import { CheckField, Field, Input, Select } from "@/components/ui/input.tsx";
import { mayGrant, type Role, roles } from "@/lib/auth/roles.ts";
import { type UserLine, userLimits } from "@/lib/users/user.ts";

/** What each role is for, beside its name. */
const meanings: { readonly [R in Role]: string } = {
  superuser: "everything",
  admin: "logs, recordings, people, sources",
  auditor: "reads everything, and the audit log",
  member: "own sessions only",
};

type FieldsProps = {
  /** The person before; undefined for somebody new. */
  user?: UserLine;
  /** Of the reader: nobody grants a role above the own. */
  actor: Role;
  faultOf: (field: string) => { "aria-invalid"?: true; "aria-describedby"?: string };
};

/** Name, role, login names, and the setting of auditors; read back by {@link readFields}. */
export function UserFields({ user, actor, faultOf }: FieldsProps) {
  const [role, setRole] = useState<Role>(user?.role ?? "member");
  const offered = roles.filter((each) => mayGrant(actor, each));
  return (
    <>
      <Field label="Name">
        <Input
          name="name"
          defaultValue={user?.name ?? ""}
          required
          maxLength={userLimits.name}
          pattern=".*\S.*"
          {...faultOf("name")}
        />
      </Field>
      <Field label="Role" {...(user?.own && { hint: "your own; another administrator can change it" })}>
        <Select
          name="role"
          value={role}
          disabled={user?.own === true}
          onChange={(event) => setRole(event.currentTarget.value as Role)}
          {...faultOf("role")}
        >
          {offered.map((each) => (
            <option key={each} value={each}>
              {each}: {meanings[each]}
            </option>
          ))}
        </Select>
      </Field>
      {role === "auditor" && (
        <CheckField
          name="sharedOnly"
          label="Sees only sessions that are shared with them"
          defaultChecked={user?.sharedOnly ?? false}
        />
      )}
      <Field label="Login names" hint="separated by commas; rows under these names are theirs too">
        <Input name="logins" defaultValue={user?.logins.join(", ") ?? ""} {...faultOf("logins")} />
      </Field>
    </>
  );
}

/** @param role for a form whose role cannot be chosen */
export function readFields(fields: FormData, role: Role) {
  return {
    name: String(fields.get("name")),
    role: (fields.get("role") as Role | null) ?? role,
    logins: String(fields.get("logins"))
      .split(",")
      .map((login) => login.trim())
      .filter(Boolean),
    sharedOnly: fields.get("sharedOnly") === "on",
  };
}
