"use client";

import { UserPlus } from "lucide-react";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { callApi } from "@/components/logs/log-api.ts";
import { ConfirmChange } from "@/components/sources/confirm-change.tsx";
import { faultText } from "@/components/sources/source-api.ts";
import { Button } from "@/components/ui/button.tsx";
import { Dialog } from "@/components/ui/dialog.tsx";
import { Spinner } from "@/components/ui/progress.tsx";
import { useNotify } from "@/components/ui/toast.tsx";
import type { Auditor, ShareLine } from "@/lib/shares/share.ts";
import { ShareForm } from "./share-form.tsx";
import { ShareList } from "./share-list.tsx";

type Shares = { shares: readonly ShareLine[]; auditors: readonly Auditor[] };

/** With whom a session is shared, for those who may share it. */
export function ShareSession({ connectionId, name }: { connectionId: string; name: string }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        <UserPlus aria-hidden className="size-4" /> Share
      </Button>
      <Dialog open={open} onClose={() => setOpen(false)} title={`Share the session of ${name}`}>
        <Sharing connectionId={connectionId} />
      </Dialog>
    </>
  );
}

function Sharing({ connectionId }: { connectionId: string }) {
  const router = useRouter();
  const notify = useNotify();
  const [known, setKnown] = useState<Shares>();
  const [fault, setFault] = useState<string>();
  const [revoking, setRevoking] = useState<ShareLine>();
  const path = `/connections/${connectionId}/shares`;

  useEffect(() => {
    callApi<Shares>(path).then(setKnown, (error: unknown) => setFault(faultText(error)));
  }, [path]);

  async function reload() {
    setKnown(await callApi<Shares>(path));
    router.refresh();
  }

  if (fault !== undefined)
    return (
      <p role="alert" className="p-4 text-failure">
        {fault}
      </p>
    );
  if (!known) {
    return (
      <div className="p-4">
        <Spinner label="Loading" />
      </div>
    );
  }
  return (
    <div className="flex flex-col gap-4 p-4">
      <ShareForm
        path={path}
        auditors={known.auditors}
        onShared={async (email) => {
          notify(`Shared with ${email}`);
          await reload();
        }}
      />
      <ShareList shares={known.shares} onRevoke={setRevoking} />
      <ConfirmChange
        open={revoking !== undefined}
        onClose={() => setRevoking(undefined)}
        title={`Take back the share with ${revoking?.user.email}?`}
        action="Take back"
        working="Taking back …"
        look="danger"
        reasonNeeded
        onConfirm={async (reason) => {
          if (!revoking) return;
          await callApi(`${path}/${revoking.id}?${new URLSearchParams({ reason })}`, { method: "DELETE" });
          notify(`Took back the share with ${revoking.user.email}`);
          await reload();
        }}
      >
        Who sees only shared sessions sees this one no longer, at once; what they watch now ends.
      </ConfirmChange>
    </div>
  );
}
