"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import { Dialog } from "@/components/ui/dialog.tsx";
import { FormFault } from "@/components/ui/form-fault.tsx";
import { useNotify } from "@/components/ui/toast.tsx";
import type { SourceHealthLine } from "@/lib/ingest/source-line.ts";
import type { KindView } from "./kind-view.ts";
import { readSettings, SettingFields } from "./setting-fields.tsx";
import { requestSettings } from "./source-api.ts";
import { useFault } from "./use-fault.ts";

type EditProps = { source: SourceHealthLine; kind: KindView; open: boolean; onClose: () => void };

export function EditSettings({ open, ...form }: EditProps) {
  return (
    <Dialog open={open} onClose={form.onClose} title={`Settings of “${form.source.name}”`}>
      <EditForm {...form} />
    </Dialog>
  );
}

function EditForm({ source, kind, onClose }: Omit<EditProps, "open">) {
  const router = useRouter();
  const notify = useNotify();
  const fault = useFault();
  const [busy, setBusy] = useState(false);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const settings = readSettings(kind, new FormData(event.currentTarget));
    setBusy(true);
    try {
      await requestSettings(source.id, settings);
      notify(`Changed the settings of ${source.name}`);
      onClose();
      router.refresh();
    } catch (error) {
      fault.refuse(error);
      setBusy(false);
    }
  }

  return (
    <form onSubmit={submit} className="flex flex-col gap-4 p-4">
      <SettingFields kind={kind} values={source.settings} faultOf={fault.faultOf} />
      <p className="text-ink-2">
        They hold for what comes from now on, and for what is replayed from quarantine. Rows that were stored
        stay as they are.
      </p>
      <FormFault id={fault.id} text={fault.text} />
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" look="primary" disabled={busy}>
          {busy ? "Saving …" : "Save"}
        </Button>
      </div>
    </form>
  );
}
