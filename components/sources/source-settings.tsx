"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import type { SourceHealthLine } from "@/lib/ingest/source-line.ts";
import { EditSettings } from "./edit-settings.tsx";
import type { KindView } from "./kind-view.ts";
import { Moment } from "./moment.tsx";

/** What a source is told besides its name. */
export function SourceSettings({ source, kind }: { source: SourceHealthLine; kind: KindView }) {
  const { settings, createdAt, tokenPrefix, id } = source;
  const [editing, setEditing] = useState(false);
  const unnamed = Object.keys(settings).filter(
    (name) => !kind.settings.some((setting) => setting.name === name),
  );
  const rows = [
    { title: "Kind", value: kind.title },
    ...kind.settings.map(({ name, title }) => ({ title, value: settings[name] })),
    ...unnamed.map((name) => ({ title: name, value: settings[name] })),
  ];
  return (
    <section aria-labelledby="settings-title" className="flex flex-col gap-1">
      <div className="flex min-h-6 items-center gap-3">
        <h2 id="settings-title" className="font-semibold">
          Settings
        </h2>
        {kind.settings.length > 0 && (
          <Button size="sm" onClick={() => setEditing(true)}>
            Edit
          </Button>
        )}
      </div>
      <dl className="grid gap-x-6 gap-y-1 sm:grid-cols-[10rem_1fr]">
        {rows.map(({ title, value }) => (
          <Row key={title} title={title}>
            {value ?? <span className="text-ink-3">not set</span>}
          </Row>
        ))}
        <Row title="Token">
          <code className="font-mono text-xs">{tokenPrefix}…</code>
        </Row>
        <Row title="Id">
          <code className="font-mono text-xs wrap-anywhere">{id}</code>
        </Row>
        <Row title="Created">
          <Moment time={createdAt} otherwise="" withZone />
        </Row>
      </dl>
      <EditSettings source={source} kind={kind} open={editing} onClose={() => setEditing(false)} />
    </section>
  );
}

function Row({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <>
      <dt className="text-ink-2">{title}</dt>
      <dd className="wrap-anywhere max-sm:pb-1">{children}</dd>
    </>
  );
}
