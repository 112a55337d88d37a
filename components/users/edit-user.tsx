"use client";

import { type FormEvent, useState } from "react";
import { ApiError } from "@/components/logs/log-api.ts";
import { useFault } from "@/components/sources/use-fault.ts";
import { Button } from "@/components/ui/button.tsx";
import { useNotify } from "@/components/ui/toast.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { Role } from "@/lib/auth/roles.ts";
import type { UserLine } from "@/lib/users/user.ts";
import { differencesOf } from "./differences.ts";
import { type GroupChoice, readScope, ScopeFields } from "./scope-fields.tsx";
import { requestChange, requestUser } from "./user-api.ts";
import { readFields, UserFields } from "./user-fields.tsx";

type EditProps = {
  /** The account as the reader saw it last. */
  seen: UserLine;
  actor: Role;
  groups: readonly GroupChoice[];
  seesAll: boolean;
  onSeen: (user: UserLine) => void;
};

/**
 * The form of an account. When somebody else changed the account meanwhile, what was typed stays, what they changed is
 * shown beside it, and saving again is a decision.
 */
export function EditUser({ seen, actor, groups, seesAll, onSeen }: EditProps) {
  const notify = useNotify();
  const [theirs, setTheirs] = useState<UserLine>();
  const [busy, setBusy] = useState(false);
  const { id, text, refuse, faultOf } = useFault();

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    setBusy(true);
    try {
      const { sharedOnly, role, ...rest } = readFields(fields, seen.role);
      const change = {
        ...rest,
        ...readScope(fields),
        ...(!seen.own && { role }),
        ...(role === "auditor" && { sharedOnly }),
      };
      await save(change);
    } catch (error) {
      refuse(error);
      if (error instanceof ApiError && error.status === 409) await lookAgain();
    } finally {
      setBusy(false);
    }
  }

  async function save(change: Parameters<typeof requestChange>[2]): Promise<void> {
    onSeen(await requestChange(seen.id, seen.version, change));
    setTheirs(undefined);
    notify(`Saved ${seen.email}`);
  }

  /** The next save is of what is there now; a 409 for another reason finds nothing new. */
  async function lookAgain(): Promise<void> {
    try {
      const now = await requestUser(seen.id);
      if (now.version !== seen.version) setTheirs(now);
    } catch (error) {
      refuse(error);
    }
  }

  const changed = theirs && differencesOf(seen, theirs);
  return (
    <form onSubmit={submit} className="flex max-w-xl flex-col gap-4">
      <UserFields user={seen} actor={actor} faultOf={faultOf} />
      <ScopeFields
        groups={groups}
        globalScope={seen.globalScope}
        memberOf={seen.groups.map((group) => group.id)}
        mayGrantAll={seesAll}
      />
      <div role="alert" id={id}>
        {theirs ? (
          <div className="flex flex-col items-start gap-2 rounded-md border border-warning px-3 py-2">
            <p>
              Somebody else changed this account meanwhile. What you typed is still here and was not saved.
              There it says now:
            </p>
            <ul className="list-disc pl-5 wrap-anywhere">
              {changed?.map((line) => (
                <li key={line}>
                  <VisibleText text={line} />
                </li>
              ))}
            </ul>
            <Button
              onClick={() => {
                onSeen({ ...seen, version: theirs.version });
                setTheirs(undefined);
              }}
            >
              I have seen it
            </Button>
          </div>
        ) : (
          text !== undefined && <p className="text-failure">{text}</p>
        )}
      </div>
      <div>
        <Button type="submit" look="primary" disabled={busy || theirs !== undefined}>
          {busy ? "Saving …" : "Save"}
        </Button>
      </div>
    </form>
  );
}
