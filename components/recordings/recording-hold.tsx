"use client";

import { Lock, LockOpen } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { callApi } from "@/components/logs/log-api.ts";
import { ConfirmChange } from "@/components/sources/confirm-change.tsx";
import { Button } from "@/components/ui/button.tsx";
import { useNotify } from "@/components/ui/toast.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { RecordingLine } from "@/lib/recordings/recording-line.ts";

/** Puts a recording under a legal hold, or releases it. */
export function RecordingHold({ line }: { line: RecordingLine }) {
  const [asking, setAsking] = useState(false);
  const router = useRouter();
  const notify = useNotify();
  const { id, hold, user, target } = line;
  return (
    <>
      <Button look="quiet" onClick={() => setAsking(true)}>
        {hold ? <LockOpen aria-hidden className="size-4" /> : <Lock aria-hidden className="size-4" />}
        {hold ? "Release" : "Hold"}
      </Button>
      <ConfirmChange
        open={asking}
        onClose={() => setAsking(false)}
        title={hold ? "Release this recording?" : "Put this recording under a legal hold?"}
        action={hold ? "Release recording" : "Hold recording"}
        working={hold ? "Releasing …" : "Holding …"}
        look={hold ? "danger" : "primary"}
        reasonNeeded
        onConfirm={async (reason) => {
          await callApi(`/recordings/${id}/hold?${new URLSearchParams({ reason })}`, {
            method: hold ? "DELETE" : "POST",
          });
          notify(hold ? "Released the recording" : "The recording is under a legal hold");
          router.refresh();
        }}
      >
        <p>
          The recording of <VisibleText text={user} /> on <VisibleText text={target} />{" "}
          {hold
            ? "can be deleted again, and is deleted once its time is over."
            : "can then be deleted by nobody, and its age does not delete it either, until a superuser releases it."}
        </p>
      </ConfirmChange>
    </>
  );
}
