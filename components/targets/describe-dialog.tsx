"use client";

import { type FormEvent, useState } from "react";
import { faultText } from "@/components/sources/source-api.ts";
import { Button } from "@/components/ui/button.tsx";
import { Dialog } from "@/components/ui/dialog.tsx";
import { Field, Input } from "@/components/ui/input.tsx";
import { useNotify } from "@/components/ui/toast.tsx";
import type { SpaceLine } from "@/lib/targets/target-line.ts";
import { descriptionLength } from "@/lib/targets/target-line.ts";
import { type ListName, requestDescription } from "./target-api.ts";

type DescribeProps = {
  list: ListName;
  line: SpaceLine | undefined;
  onClose: () => void;
  onDescribed: () => void;
};

export function DescribeDialog({ line, onClose, ...form }: DescribeProps) {
  return (
    <Dialog open={line !== undefined} onClose={onClose} title={`Describe “${line?.name ?? ""}”`}>
      {line && <DescribeForm line={line} onClose={onClose} {...form} />}
    </Dialog>
  );
}

function DescribeForm({ list, line, onClose, onDescribed }: DescribeProps & { line: SpaceLine }) {
  const notify = useNotify();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const description = String(new FormData(event.currentTarget).get("description"));
    setBusy(true);
    try {
      await requestDescription(list, line.id, description);
      notify(`Described ${line.name}`);
      onClose();
      onDescribed();
    } catch (error) {
      setFault(faultText(error));
      setBusy(false);
    }
  }

  return (
    <form onSubmit={submit} className="flex flex-col gap-4 p-4">
      <Field label="Description" hint="what it is for, and whose it is">
        <Input name="description" defaultValue={line.description} maxLength={descriptionLength} autoFocus />
      </Field>
      <div role="alert">{fault !== undefined && <p className="text-failure">{fault}</p>}</div>
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" look="primary" disabled={busy}>
          {busy ? "Saving …" : "Save"}
        </Button>
      </div>
    </form>
  );
}
