"use client";

import { useState } from "react";
import { formatBytes } from "@/components/logs/format-values.ts";
import { CopyButton } from "@/components/ui/copy-button.tsx";
import { indentJson } from "@/components/ui/indent-json.ts";
import { Segment, SegmentButton } from "@/components/ui/tabs.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { QuarantineLine } from "@/lib/ingest/source-line.ts";
import { quarantineBytes } from "@/lib/ingest/source-line.ts";

/** The bytes of a record as text, never as anything that a browser would run; JSON also on lines of its own. */
export function RawRecord({ record }: { record: QuarantineLine }) {
  const { raw, rawEncoding, bytes } = record;
  const indented = rawEncoding === "utf8" ? indentJson(raw) : undefined;
  const [asReceived, setAsReceived] = useState(false);
  const shown = asReceived || indented === undefined ? raw : indented;
  return (
    <div className="mt-1 min-w-0 rounded-md border border-line">
      <div className="flex flex-wrap items-center justify-between gap-2 border-b border-line py-1 pr-1 pl-3 text-xs text-ink-2">
        <span>
          {formatBytes(bytes)}
          {bytes > quarantineBytes && `, of which the first ${formatBytes(quarantineBytes)} are shown`}
          {rawEncoding === "base64" && ", no text: shown in base64"}
        </span>
        <span className="flex items-center gap-1">
          {indented !== undefined && (
            <Segment label="How the record is shown">
              <SegmentButton current={!asReceived} onClick={() => setAsReceived(false)}>
                Indented
              </SegmentButton>
              <SegmentButton current={asReceived} onClick={() => setAsReceived(true)}>
                As received
              </SegmentButton>
            </Segment>
          )}
          <CopyButton text={raw} label="Copy the record as received" />
        </span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard */}
      <section aria-label="Record" tabIndex={0} className="scroll-thin max-h-96 overflow-auto bg-sunken">
        <pre className="w-fit px-3 py-2 font-mono text-xs">
          <VisibleText text={shown} lines />
        </pre>
      </section>
    </div>
  );
}
