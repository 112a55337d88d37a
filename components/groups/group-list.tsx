"use client";

import { Plus } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import { cx } from "@/components/ui/cx.ts";
import { Dialog } from "@/components/ui/dialog.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { SettingsPage } from "@/components/ui/settings-page.tsx";
import { cellClass, headClass } from "@/components/ui/table-classes.ts";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { GroupLine, OfferedNames } from "@/lib/groups/group.ts";
import { requestGroup } from "./group-api.ts";
import { GroupForm } from "./group-form.tsx";
import { ScopeText } from "./scope-text.tsx";

const nothing = { name: "", description: "", globalScope: false, spaces: [], targets: [] };

/** The page of groups. */
export function GroupList({ groups, offered }: { groups: readonly GroupLine[]; offered: OfferedNames }) {
  const router = useRouter();
  const [creating, setCreating] = useState(false);
  return (
    <SettingsPage
      title="Groups"
      about={
        <>
          A group says which spaces and targets its members see. It counts for people without the global
          scope: they see what their groups name, as far as their roles go, and nothing else.
        </>
      }
      action={
        <Button look="primary" onClick={() => setCreating(true)}>
          <Plus aria-hidden className="size-4" />
          Create group
        </Button>
      }
    >
      {groups.length === 0 ? (
        <EmptyState>
          <p>
            No group yet. Until somebody is without the global scope, everybody sees what the role sees; to
            keep a person to some spaces, make a group of these, put the person into it and take the global
            scope from them.
          </p>
        </EmptyState>
      ) : (
        <table className="w-full border-collapse">
          <thead>
            <tr>
              <th scope="col" className={headClass}>
                Name
              </th>
              <th scope="col" className={cx(headClass, "max-md:hidden")}>
                Members see
              </th>
              <th scope="col" className={cx(headClass, "text-right")}>
                Members
              </th>
            </tr>
          </thead>
          <tbody>
            {groups.map((group) => (
              <tr key={group.id} className="hover:bg-hover">
                <th scope="row" className={cx(cellClass, "text-left font-medium wrap-anywhere")}>
                  <Link
                    href={`/settings/groups/${group.id}`}
                    prefetch={false}
                    className="text-accent hover:underline"
                  >
                    <VisibleText text={group.name} />
                  </Link>
                  <div className="text-xs font-normal text-ink-2">{group.description}</div>
                  <div className="text-xs font-normal text-ink-2 md:hidden">
                    <ScopeText scope={group} />
                  </div>
                </th>
                <td className={cx(cellClass, "wrap-anywhere max-md:hidden")}>
                  <ScopeText scope={group} />
                </td>
                <td className={cx(cellClass, "text-right tabular-nums")}>{group.members}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Dialog open={creating} onClose={() => setCreating(false)} title="Create a group">
        <div className="p-4">
          <GroupForm
            given={nothing}
            offered={offered}
            action="Create group"
            working="Creating …"
            onSubmit={async (fields) => {
              const { id } = await requestGroup(fields);
              router.push(`/settings/groups/${id}`);
            }}
          >
            <Button onClick={() => setCreating(false)}>Cancel</Button>
          </GroupForm>
        </div>
      </Dialog>
    </SettingsPage>
  );
}
