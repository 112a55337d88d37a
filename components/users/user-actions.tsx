"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { ConfirmChange } from "@/components/sources/confirm-change.tsx";
import { faultText } from "@/components/sources/source-api.ts";
import { Button } from "@/components/ui/button.tsx";
import { useNotify } from "@/components/ui/toast.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { Invitation, UserLine } from "@/lib/users/user.ts";
import { requestChange, requestDeletion, requestResend } from "./user-api.ts";

type ActionsProps = {
  /** The account as the reader saw it last. */
  user: UserLine;
  onSeen: (user: UserLine) => void;
  onInvited: (invitation: Invitation) => void;
};

/** Send the link again, disable or enable, delete. */
export function UserActions({ user, onSeen, onInvited }: ActionsProps) {
  const router = useRouter();
  const notify = useNotify();
  const [asking, setAsking] = useState<"disable" | "delete">();
  const [sending, setSending] = useState(false);
  const { id, email, version, status, own } = user;
  if (own)
    return (
      <p className="text-ink-2">This is your own account: another administrator can disable or delete it.</p>
    );

  async function resend() {
    setSending(true);
    try {
      onInvited(await requestResend(id));
    } catch (error) {
      notify(faultText(error), "failure");
    } finally {
      setSending(false);
    }
  }

  async function enable() {
    try {
      onSeen(await requestChange(id, version, { status: "active" }));
      notify(`Enabled ${email}`);
    } catch (error) {
      notify(faultText(error), "failure");
    }
  }

  return (
    <div className="flex flex-wrap gap-2">
      {status === "invited" && (
        <Button onClick={resend} disabled={sending}>
          {sending ? "Sending …" : "Send the link again"}
        </Button>
      )}
      {status === "disabled" ? (
        <Button onClick={enable}>Enable</Button>
      ) : (
        <Button look="danger" onClick={() => setAsking("disable")}>
          Disable
        </Button>
      )}
      <Button look="danger" onClick={() => setAsking("delete")}>
        Delete
      </Button>
      <ConfirmChange
        open={asking === "disable"}
        onClose={() => setAsking(undefined)}
        title={`Disable ${email}?`}
        action="Disable account"
        working="Ending sessions …"
        look="danger"
        reasonNeeded
        onConfirm={async (reason) => {
          onSeen(await requestChange(id, version, { status: "disabled", reason }));
          notify(`Disabled ${email}`);
        }}
      >
        <p>
          <VisibleText text={user.name} /> cannot sign in until the account is enabled again. Sessions end
          within a second; API tokens and devices rest.
        </p>
      </ConfirmChange>
      <ConfirmChange
        open={asking === "delete"}
        onClose={() => setAsking(undefined)}
        title={`Delete ${email}?`}
        action="Delete account"
        working="Deleting …"
        look="danger"
        reasonNeeded
        onConfirm={async (reason) => {
          await requestDeletion(id, version, reason);
          notify(`Deleted ${email}`);
          router.push("/settings/users");
          router.refresh();
        }}
      >
        <p>
          The account of <VisibleText text={user.name} /> goes with its sessions, API tokens, devices, group
          memberships and saved views, and what is open under it ends within a second. What they did stays on
          record. This cannot be undone.
        </p>
      </ConfirmChange>
    </div>
  );
}
