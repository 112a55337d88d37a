"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { formatCount } from "@/components/logs/format-values.ts";
import { Button } from "@/components/ui/button.tsx";
import type { QuarantineLine, SourceHealthLine } from "@/lib/ingest/source-line.ts";
import { ConfirmChange } from "./confirm-change.tsx";
import { isOver, type Outcome } from "./outcome.ts";
import { QuarantinedRecord } from "./quarantined-record.tsx";
import { faultText, requestDismissal, requestReplay } from "./source-api.ts";

type QuarantineProps = { source: SourceHealthLine; held: readonly QuarantineLine[] };

/** Records that could not be stored, with the reason, to be tried again or put away. */
export function Quarantine({ source, held }: QuarantineProps) {
  const router = useRouter();
  const [from, setFrom] = useState(held);
  const [told, setTold] = useState(source.quarantined);
  const [unseen, setUnseen] = useState(source.quarantined - held.length);
  const [outcomes, setOutcomes] = useState<{ readonly [id: string]: Outcome }>({});
  const [dismissing, setDismissing] = useState<QuarantineLine>();
  const [replaying, setReplaying] = useState<number>();
  const open = held.filter(({ id }) => !isOver(outcomes[id]));
  const replayable = open.filter(({ idTaken }) => !idTaken);
  if (from !== held) {
    setFrom(held);
    setOutcomes({});
    setUnseen(source.quarantined - held.length);
  } else if (told !== source.quarantined) {
    // What was resolved here is told a moment later: only a new number says whether there is more than is shown.
    setTold(source.quarantined);
    setUnseen(source.quarantined - open.length);
  }
  const note = (id: string, outcome: Outcome) => setOutcomes((known) => ({ ...known, [id]: outcome }));

  async function replay({ id }: QuarantineLine) {
    note(id, { state: "working", text: "Replaying …" });
    try {
      const rows = await requestReplay(source.id, id);
      note(id, { state: "replayed", text: replayedText(rows) });
    } catch (error) {
      note(id, { state: "refused", text: faultText(error) });
    }
  }

  async function replayAll() {
    for (const [place, record] of replayable.entries()) {
      setReplaying(place + 1);
      await replay(record);
    }
    setReplaying(undefined);
  }

  return (
    <section id="quarantine" aria-labelledby="quarantine-title" className="flex scroll-mt-4 flex-col gap-2">
      <header className="flex flex-wrap items-end justify-between gap-3">
        <div className="max-w-2xl">
          <h2 id="quarantine-title" className="font-semibold">
            Quarantine
          </h2>
          <p className="text-ink-2">
            {source.quarantined === 0 && held.length === 0
              ? "Nothing is in quarantine: every record could be stored."
              : "What could not be stored, newest first. Replay tries a record again, as if it had just come. One whose id another record has can only be dismissed: the first stays what it is."}
          </p>
        </div>
        {replayable.length > 1 && (
          <Button onClick={replayAll} disabled={replaying !== undefined}>
            {replaying === undefined
              ? `Replay ${replayable.length === open.length ? "all" : "the other"} ${formatCount(replayable.length)} shown`
              : `Replaying ${replaying} of ${replayable.length} …`}
          </Button>
        )}
      </header>
      {held.length > 0 && (
        <ul className="border-t border-line">
          {held.map((record) => (
            <QuarantinedRecord
              key={record.id}
              record={record}
              outcome={outcomes[record.id]}
              onReplay={() => replay(record)}
              onDismiss={() => setDismissing(record)}
            />
          ))}
        </ul>
      )}
      {unseen > 0 && replaying === undefined && (
        <div className="flex flex-wrap items-center gap-3 text-ink-2">
          {formatCount(unseen)} more {unseen === 1 ? "waits" : "wait"} in quarantine.
          <Button size="sm" onClick={() => router.refresh()}>
            Show the newest
          </Button>
        </div>
      )}
      <ConfirmChange
        open={dismissing !== undefined}
        onClose={() => setDismissing(undefined)}
        title={`Dismiss a record of “${source.name}”?`}
        action="Dismiss record"
        working="Dismissing …"
        look="danger"
        reasonNeeded
        onConfirm={async (reason) => {
          if (!dismissing) return;
          await requestDismissal(source.id, dismissing.id, reason);
          note(dismissing.id, { state: "dismissed", text: "Dismissed" });
        }}
      >
        It was kept aside because: {dismissing?.reason}. It leaves this list and makes no row; its bytes stay
        in the store. This cannot be undone.
      </ConfirmChange>
    </section>
  );
}

function replayedText(rows: number): string {
  if (rows === 0) return "Replayed: it tells nothing that a log would show";
  return `Replayed: ${rows} ${rows === 1 ? "row" : "rows"} stored`;
}
