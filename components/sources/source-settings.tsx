import type { SourceHealthLine } from "@/lib/ingest/source-line.ts";
import type { KindView } from "./kind-view.ts";
import { Moment } from "./moment.tsx";

/** What a source was told when it was made. */
export function SourceSettings({ source, kind }: { source: SourceHealthLine; kind: KindView }) {
  const { settings, createdAt, tokenPrefix, id } = source;
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
      <h2 id="settings-title" className="font-semibold">
        Settings
      </h2>
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
