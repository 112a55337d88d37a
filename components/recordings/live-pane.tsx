"use client";

import "./player.css";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { callApi } from "@/components/logs/log-api.ts";
import { ConfirmChange } from "@/components/sources/confirm-change.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import { Button } from "@/components/ui/button.tsx";
import { useNotify } from "@/components/ui/toast.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { RecordingLine } from "@/lib/recordings/recording-line.ts";
import { useDark } from "./use-dark.ts";
import { useLivePlayer } from "./use-live-player.ts";

/** A session that is under way: its screen as it is now, and the way to end it. */
export function LivePane({ line, mayEnd }: { line: RecordingLine; mayEnd: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  const router = useRouter();
  const over = useLivePlayer(box, line.id, useDark());
  useEffect(() => {
    if (over) router.refresh();
  }, [over, router]);
  return (
    <section aria-label="The session as it happens" className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="flex items-center gap-2 text-ink-2">
          <Badge tone="live">live</Badge> You see what is on the screen now. The whole session is here once it
          is over.
        </p>
        {mayEnd && line.killEnds !== null && <EndSession line={line} />}
      </div>
      <div
        ref={box}
        role="img"
        aria-label="The terminal"
        className="h-[32rem] overflow-auto rounded-md border border-line"
      />
    </section>
  );
}

function EndSession({ line }: { line: RecordingLine }) {
  const [asking, setAsking] = useState(false);
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
          await callApi(`/recordings/${line.id}/end?${new URLSearchParams({ reason })}`, { method: "POST" });
          notify("The host was told to end the session");
        }}
      >
        <p>
          {line.killEnds === "command" ? "What " : "Only the stream ends, and the shell goes on, of what "}
          <VisibleText text={line.user} /> runs on <VisibleText text={line.target} />
          {line.killEnds === "command" ? " ends at once" : ""}. The reason is shown to them and stays in the
          record.
        </p>
      </ConfirmChange>
    </>
  );
}
