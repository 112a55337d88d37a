"use client";

import { ConfirmChange } from "@/components/sources/confirm-change.tsx";
import { useNotify } from "@/components/ui/toast.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { SpaceLine } from "@/lib/targets/target-line.ts";
import { requestDeletion } from "./target-api.ts";

type DeleteProps = { target: SpaceLine | undefined; onClose: () => void; onDeleted: () => void };

/** Asks before a target is deleted, which ends its open connections. */
export function DeleteTarget({ target, onClose, onDeleted }: DeleteProps) {
  const notify = useNotify();
  return (
    <ConfirmChange
      open={target !== undefined}
      onClose={onClose}
      title={`Delete “${target?.name ?? ""}”?`}
      action="Delete target"
      working="Ending its connections …"
      look="danger"
      reasonNeeded
      onConfirm={async (reason) => {
        if (!target) return;
        const { told, closed } = await requestDeletion(target.id, reason);
        notify(`Deleted ${target.name}. ${became(told, closed)}`);
        onDeleted();
      }}
    >
      <p>
        Everything that is open on <VisibleText text={target?.name ?? ""} /> ends, and the reason is shown to
        those who are there. Where the host cannot be told, the connection is closed in the record alone. What
        is on record stays; later records do not bring the target back.
      </p>
    </ConfirmChange>
  );
}

function became(told: number, closed: number): string {
  if (told + closed === 0) return "It had no open connection.";
  const parts = [
    ...(told > 0 ? [`${told} ${told === 1 ? "host is" : "hosts are"} told to end a session`] : []),
    ...(closed > 0 ? [`${closed} closed in the record alone`] : []),
  ];
  return `${parts.join("; ")}.`;
}
