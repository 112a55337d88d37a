"use client";

import { Plus } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { buttonClass } from "@/components/ui/button.tsx";
import type { SourceHealthLine } from "@/lib/ingest/source-line.ts";
import type { KindView } from "./kind-view.ts";
import { NoSources } from "./no-sources.tsx";
import { LivenessMark } from "./source-state.tsx";
import { SourceTable } from "./source-table.tsx";
import { useLiveSources } from "./use-live-sources.ts";

type PanelProps = {
  sources: readonly SourceHealthLine[];
  kinds: readonly KindView[];
  /** Whether the organization is the sample one. */
  sample: boolean;
  children: ReactNode;
};

export function SourcesPanel({ sources: given, kinds, sample, children }: PanelProps) {
  const { sources, liveness } = useLiveSources(given);
  const kindTitles = Object.fromEntries(kinds.map(({ name, title }) => [name, title]));
  return (
    <div className="mx-auto flex w-full max-w-7xl flex-col gap-8 px-4 py-6">
      <section aria-labelledby="sources-title" className="flex flex-col gap-4">
        <header className="flex flex-wrap items-end justify-between gap-3">
          <div className="max-w-2xl">
            <div className="flex items-center gap-3">
              <h1 id="sources-title" className="text-lg font-semibold">
                Sources
              </h1>
              <LivenessMark liveness={liveness} />
            </div>
            <p className="text-pretty text-ink-2">
              What sends records in: hosts, clusters, programs. Each has a token of its own, and what it sends
              is stored once, or kept in quarantine with the reason.
            </p>
          </div>
          <div className="flex flex-wrap gap-2">
            <Link href="/settings/sources/deployment-tokens" prefetch={false} className={buttonClass()}>
              Deployment tokens
            </Link>
            <Link href="/settings/sources/new" prefetch={false} className={buttonClass("primary")}>
              <Plus aria-hidden className="size-4" />
              Create source
            </Link>
          </div>
        </header>
        {sample && (
          <p role="note" className="rounded-md border border-line bg-sunken px-3 py-2 text-ink-2">
            This organization is a sample. Its records are real and public: real software wrote them on
            machines and in clusters that were set up for it, and nothing in them is yours. That they are
            those of one company, with these spaces, is made up. The folder{" "}
            <code className="font-mono">samples</code> of the project says where each comes from.
          </p>
        )}
        {sources.length === 0 ? (
          <NoSources kinds={kinds} />
        ) : (
          <SourceTable sources={sources} kindTitles={kindTitles} />
        )}
      </section>
      {children}
    </div>
  );
}
