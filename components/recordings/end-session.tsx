"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { callApi } from "@/components/logs/log-api.ts";
import { ConfirmChange } from "@/components/sources/confirm-change.tsx";
import { Button } from "@/components/ui/button.tsx";
import { useNotify } from "@/components/ui/toast.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { Kill, KillEnds } from "@/lib/kills/kill.ts";

type EndProps = { id: string; user: string; target: string; ends: Exclude<KillEnds, null> };

/** Asks for the end of a connection whose host can be told. */
export function EndSession({ id, user, target, ends }: EndProps) {
  const [asking, setAsking] = useState(false);
  const router = useRouter();
  const notify = useNotify();
  return (
    <>
      <Button look="danger" onClick={() => setAsking(true)}>
        End session
      </Button>
      <ConfirmChange
        open={asking}
        onClose={() => setAsking(false)}
        title="End this session?"
        action="End session"
        working="Telling the host …"
        look="danger"
        reasonNeeded
        onConfirm={async (reason) => {
          const kill = await callApi<Kill>(`/sessions/${id}`, {
            method: "PUT",
            headers: { "content-type": "application/json" },
            body: JSON.stringify({ killed: true, reason }),
          });
          notify(
            kill.state === "requested"
              ? "The host is told to end the session as soon as it listens"
              : "The host was told to end the session",
          );
          router.refresh();
        }}
      >
        <p>
          {ends === "stream" ? "The stream of what " : "What "}
          <VisibleText text={user} /> runs on <VisibleText text={target} />
          {ends === "stream" && " ends at once; the shell itself goes on"}
          {ends === "command" && " ends at once"}
          {ends === "source" && " ends as soon as its source has heard of it"}. The reason is shown to them
          and stays in the record.
        </p>
      </ConfirmChange>
    </>
  );
}
