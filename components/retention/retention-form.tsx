"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { formatCount } from "@/components/logs/format-values.ts";
import { callApi } from "@/components/logs/log-api.ts";
import { ConfirmChange } from "@/components/sources/confirm-change.tsx";
import { faultText } from "@/components/sources/source-api.ts";
import { Button } from "@/components/ui/button.tsx";
import { Field, Input } from "@/components/ui/input.tsx";
import { useNotify } from "@/components/ui/toast.tsx";
import { mostDays, type Retention, type RetentionCounts } from "@/lib/retention/retention.ts";

type Wish = Pick<Retention, "recordingsDays" | "recordingsMinimumDays">;

/** The two numbers. Before they are saved, it is counted what they would delete. */
export function RetentionForm({ retention }: { retention: Retention }) {
  const [asked, setAsked] = useState<{ wish: Wish; due: number }>();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();

  async function ask(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const wish = {
      recordingsDays: daysIn(form, "recordingsDays"),
      recordingsMinimumDays: daysIn(form, "recordingsMinimumDays"),
    };
    const { recordingsDays: most, recordingsMinimumDays: least } = wish;
    if (most !== null && least !== null && least > most) {
      setFault(
        "Recordings cannot be deleted before they may be: the second number must not be the larger one.",
      );
      return;
    }
    setBusy(true);
    setFault(undefined);
    try {
      setAsked({ wish, due: most === null ? 0 : await countDue(most) });
    } catch (error) {
      setFault(faultText(error));
    }
    setBusy(false);
  }

  return (
    <>
      <form onSubmit={ask} className="flex max-w-xl flex-col gap-4">
        <Field
          label="Delete recordings after"
          hint="days since they were received; empty keeps them for ever"
        >
          <Days name="recordingsDays" value={retention.recordingsDays} />
        </Field>
        <Field
          label="Nobody can delete them before"
          hint="days since they were received; empty lets them at once"
        >
          <Days name="recordingsMinimumDays" value={retention.recordingsMinimumDays} />
        </Field>
        <p className="text-ink-2">
          Both hold for the recordings that are here too. What is over is deleted within ten minutes, the
          oldest first, 1,000 at a time; never while it is under a legal hold. A deleted recording leaves its
          size, its SHA-256 and the cause.
        </p>
        <div role="alert">{fault !== undefined && <p className="text-failure">{fault}</p>}</div>
        <div>
          <Button type="submit" look="primary" disabled={busy}>
            {busy ? "Counting …" : "Change …"}
          </Button>
        </div>
      </form>
      {/* Beside it: forms cannot lie in one another. */}
      <Confirm asked={asked} onClose={() => setAsked(undefined)} />
    </>
  );
}

function Days({ name, value }: { name: string; value: number | null }) {
  return (
    <Input
      type="number"
      name={name}
      min={1}
      max={mostDays}
      step={1}
      defaultValue={value ?? ""}
      className="max-w-40"
    />
  );
}

type ConfirmProps = { asked: { wish: Wish; due: number } | undefined; onClose: () => void };

function Confirm({ asked, onClose }: ConfirmProps) {
  const router = useRouter();
  const notify = useNotify();
  const due = asked?.due ?? 0;
  return (
    <ConfirmChange
      open={asked !== undefined}
      onClose={onClose}
      title="Change how long recordings are kept?"
      action={due > 0 ? `Change and delete ${formatCount(due)}` : "Change"}
      working="Changing …"
      look={due > 0 ? "danger" : "primary"}
      reasonNeeded
      onConfirm={async (reason) => {
        await callApi("/retention", {
          method: "PATCH",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ ...asked?.wish, reason }),
        });
        notify("Changed how long recordings are kept");
        router.refresh();
      }}
    >
      <p>{asked && wording(asked.wish, due)}</p>
    </ConfirmChange>
  );
}

function wording({ recordingsDays: most, recordingsMinimumDays: least }: Wish, due: number): string {
  const kept =
    most === null ? "Recordings are kept for ever" : `Recordings are deleted after ${daysText(most)}`;
  const guarded = least === null ? "." : `; nobody can delete one in its first ${daysText(least)}.`;
  const now =
    due === 0
      ? "None that is here is older."
      : `${formatCount(due)} that are here are older and will be deleted.`;
  return `${kept}${guarded} ${most === null ? "" : now}`.trim();
}

function daysText(days: number): string {
  return days === 1 ? "1 day" : `${formatCount(days)} days`;
}

function daysIn(form: FormData, name: string): number | null {
  const text = String(form.get(name) ?? "").trim();
  return text === "" ? null : Number(text);
}

async function countDue(days: number): Promise<number> {
  const { recordings } = await callApi<{ recordings: RetentionCounts }>(`/retention?days=${days}`);
  return recordings.due;
}
