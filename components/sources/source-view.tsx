"use client";

import { useEffect, useMemo, useState } from "react";
import { Certificates, type TlsListener } from "@/components/certificates/certificates.tsx";
import { Breadcrumb } from "@/components/ui/breadcrumb.tsx";
import { ShownOnce } from "@/components/ui/shown-once.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { CertificateLine } from "@/lib/certificates/certificate.ts";
import { ingestUrl } from "@/lib/ingest/ingest-url.ts";
import type { QuarantineLine, SourceHealthLine } from "@/lib/ingest/source-line.ts";
import { FirstRecord } from "./first-record.tsx";
import { forgetToken, peekToken } from "./fresh-token.ts";
import { Instructions } from "./instructions.tsx";
import type { KindView } from "./kind-view.ts";
import { Quarantine } from "./quarantine.tsx";
import { SourceActions } from "./source-actions.tsx";
import { SourceHealth } from "./source-health.tsx";
import { SourceSettings } from "./source-settings.tsx";
import { LivenessMark, SourceState } from "./source-state.tsx";
import { useLiveSources } from "./use-live-sources.ts";

type ViewProps = {
  source: SourceHealthLine;
  kind: KindView;
  /** Of a source whose hosts may connect over TLS. */
  tls: { certificates: readonly CertificateLine[]; listener: TlsListener } | null;
  held: readonly QuarantineLine[];
  /** The address people and sources open. */
  origin: string;
};

/** Everything about one source. */
export function SourceView({ source: given, kind, held, origin, tls }: ViewProps) {
  const listed = useMemo(() => [given], [given]);
  const { sources, liveness } = useLiveSources(listed);
  const source = sources.find(({ id }) => id === given.id) ?? given;

  const [token, setToken] = useState(() => peekToken(given.id));
  useEffect(() => forgetToken(given.id), [given.id]);
  const [waited] = useState(given.lastReceivedAt === null);

  return (
    <div className="mx-auto flex w-full max-w-7xl flex-col gap-6 px-4 py-6">
      <header className="flex flex-wrap items-end justify-between gap-3">
        <div className="min-w-0 max-sm:w-full">
          <div className="flex items-center gap-3">
            <Breadcrumb href="/settings/sources">Sources</Breadcrumb>
            {liveness !== "live" && <LivenessMark liveness={liveness} />}
          </div>
          <div className="flex flex-wrap items-center gap-x-3">
            <h1 className="text-lg font-semibold wrap-anywhere">
              <VisibleText text={source.name} />
            </h1>
            <SourceState state={source.state} />
          </div>
        </div>
        <SourceActions source={source} onToken={setToken} />
      </header>
      {token !== undefined && (
        <ShownOnce
          title={`The token of “${source.name}”`}
          hint="Copy it now, or paste the lines below, which hold it"
          token={token}
          onDone={() => setToken(undefined)}
        />
      )}
      {waited && <FirstRecord source={source} />}
      <SourceHealth source={source} />
      <Instructions
        kind={kind}
        url={ingestUrl(origin, source)}
        token={token}
        startOpen={waited || token !== undefined}
      />
      {tls && <Certificates source={source} {...tls} />}
      <SourceSettings source={source} kind={kind} />
      <Quarantine source={source} held={held} />
    </div>
  );
}
