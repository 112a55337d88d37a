"use client";

import Link from "next/link";
import { useState } from "react";
import { CheckField } from "@/components/ui/input.tsx";

/** A group that the reader may put people into. */
export type GroupChoice = { id: string; name: string };

type ScopeProps = {
  groups: readonly GroupChoice[];
  globalScope: boolean;
  /** Ids of the groups that the person is in. */
  memberOf: readonly string[];
  /** Whether the reader sees everything, and may let others. */
  mayGrantAll: boolean;
};

/** What a person sees: everything their role sees, or what their groups may; read back by {@link readScope}. */
export function ScopeFields({ groups, globalScope, memberOf, mayGrantAll }: ScopeProps) {
  const [everything, setEverything] = useState(globalScope);
  return (
    <fieldset className="flex min-w-0 flex-col gap-1.5">
      <legend className="mb-1 text-xs font-medium text-ink-2">Scope</legend>
      <CheckField
        name="globalScope"
        label="Global: all spaces and targets"
        checked={everything}
        disabled={!mayGrantAll}
        onChange={(event) => setEverything(event.currentTarget.checked)}
      />
      {groups.map(({ id, name }) => (
        <CheckField
          key={id}
          name="groupIds"
          value={id}
          label={`Group ${name}`}
          defaultChecked={memberOf.includes(id)}
        />
      ))}
      <p className="text-xs text-ink-2">
        {everything
          ? "Sees what the role sees, whatever the groups."
          : groups.length === 0
            ? "Sees nothing: there are no groups to give a scope. "
            : "Sees the spaces and targets of the groups, and nothing else. "}
        {!everything && (
          <Link href="/settings/groups" prefetch={false} className="text-accent underline">
            Groups
          </Link>
        )}
      </p>
    </fieldset>
  );
}

export function readScope(fields: FormData): { globalScope: boolean; groupIds: string[] } {
  return {
    globalScope: fields.get("globalScope") === "on",
    groupIds: fields.getAll("groupIds").map(String),
  };
}
