"use client";

import { Trash2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { ConfirmChange } from "@/components/sources/confirm-change.tsx";
import { Breadcrumb } from "@/components/ui/breadcrumb.tsx";
import { Button } from "@/components/ui/button.tsx";
import { SettingsPage } from "@/components/ui/settings-page.tsx";
import { useNotify } from "@/components/ui/toast.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { Group, OfferedNames } from "@/lib/groups/group.ts";
import { requestChange, requestDeletion } from "./group-api.ts";
import { GroupForm } from "./group-form.tsx";
import { GroupMembers } from "./group-members.tsx";

/** One group: what its members see, and who they are. */
export function GroupView({ group: given, offered }: { group: Group; offered: OfferedNames }) {
  const router = useRouter();
  const notify = useNotify();
  const [group, setGroup] = useState(given);
  const [deleting, setDeleting] = useState(false);
  return (
    <SettingsPage
      title={<VisibleText text={group.name} />}
      above={<Breadcrumb href="/settings/groups">Groups</Breadcrumb>}
      action={
        <Button look="danger" onClick={() => setDeleting(true)}>
          <Trash2 aria-hidden className="size-4" />
          Delete group
        </Button>
      }
    >
      <div className="grid items-start gap-8 lg:grid-cols-2">
        <section aria-labelledby="scope-title" className="flex flex-col gap-3">
          <h2 id="scope-title" className="font-semibold">
            What members see
          </h2>
          <GroupForm
            key={group.version}
            given={group}
            offered={offered}
            action="Save"
            working="Saving …"
            onSubmit={async (fields) => {
              setGroup(await requestChange(group.id, group.version, fields));
              notify(`Saved ${fields.name.trim()}`);
              router.refresh();
            }}
          />
        </section>
        <GroupMembers group={group} people={offered.people} onChange={setGroup} />
      </div>
      <ConfirmChange
        open={deleting}
        onClose={() => setDeleting(false)}
        title={`Delete “${group.name}”?`}
        action="Delete group"
        working="Deleting …"
        look="danger"
        reasonNeeded
        onConfirm={async (reason) => {
          await requestDeletion(group.id, reason);
          notify(`Deleted ${group.name}`);
          router.push("/settings/groups");
          router.refresh();
        }}
      >
        <p>
          {group.members.length === 0
            ? "It has no members."
            : `What its ${group.members.length === 1 ? "member sees" : `${group.members.length} members see`} through it alone is gone within a second, also what is watched or exported at this moment.`}
        </p>
      </ConfirmChange>
    </SettingsPage>
  );
}
