"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import { useNotify } from "@/components/ui/toast.tsx";
import type { SourceHealthLine } from "@/lib/ingest/source-line.ts";
import { ConfirmChange } from "./confirm-change.tsx";
import { requestRenewal, requestStop } from "./source-api.ts";

type ActionsProps = { source: SourceHealthLine; onToken: (token: string) => void };

/** What changes who may post as this source. */
export function SourceActions({ source, onToken }: ActionsProps) {
  const { id, name, kind, tokenPrefix, state } = source;
  const router = useRouter();
  const notify = useNotify();
  const [asking, setAsking] = useState<"renew" | "stop" | "resume">();
  const close = () => setAsking(undefined);

  async function stop(disabled: boolean, reason: string) {
    await requestStop(id, disabled, reason);
    notify(disabled ? `Stopped ${name}` : `Resumed ${name}`);
    router.refresh();
  }

  return (
    <div className="flex gap-2">
      <Button onClick={() => setAsking("renew")}>Renew token</Button>
      {state === "stopped" ? (
        <Button onClick={() => setAsking("resume")}>Resume</Button>
      ) : (
        <Button look="danger" onClick={() => setAsking("stop")}>
          Stop
        </Button>
      )}
      <ConfirmChange
        open={asking === "renew"}
        onClose={close}
        title={`Renew the token of “${name}”?`}
        action="Renew token"
        working="Renewing …"
        look="danger"
        reasonNeeded
        onConfirm={async (reason) => {
          onToken((await requestRenewal(id, reason)).token);
          router.refresh();
        }}
      >
        Whatever posts with <code className="font-mono">{tokenPrefix}…</code> is refused within a second,
        until it has the new token. This cannot be undone.
      </ConfirmChange>
      <ConfirmChange
        open={asking === "stop"}
        onClose={close}
        title={`Stop “${name}”?`}
        action="Stop source"
        working="Stopping …"
        look="danger"
        reasonNeeded
        onConfirm={(reason) => stop(true, reason)}
      >
        What it posts is refused within a second, and its sender may lose records that it does not keep.
        {kind === "sudo" && " Sessions under way are cut off, and with them the commands that they run."} What
        was stored stays. You can resume it later with the same token.
      </ConfirmChange>
      <ConfirmChange
        open={asking === "resume"}
        onClose={close}
        title={`Resume “${name}”?`}
        action="Resume source"
        working="Resuming …"
        look="primary"
        reasonNeeded={false}
        onConfirm={(reason) => stop(false, reason)}
      >
        Its token <code className="font-mono">{tokenPrefix}…</code> is good again within a second.
      </ConfirmChange>
    </div>
  );
}
