"use client";

import { useMemo, useState } from "react";
import { CopyButton } from "@/components/ui/copy-button.tsx";
import { indentJson } from "@/components/ui/indent-json.ts";
import { Segment, SegmentButton } from "@/components/ui/tabs.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { RowDetail } from "./log-api.ts";

/** The record as its source sent it, or set on lines; nothing in it is changed but white space. */
export function RawRecord({ raw, encoding }: { raw: string; encoding: RowDetail["rawEncoding"] }) {
  const indented = useMemo(() => (encoding === "utf8" ? indentJson(raw) : undefined), [raw, encoding]);
  const [pretty, setPretty] = useState(true);
  return (
    <section aria-label="Record as received" className="border-t border-line p-4">
      <div className="flex h-8 items-center justify-between gap-2 pb-2">
        <h3 className="font-medium">
          Record
          {encoding === "base64" && (
            <span className="font-normal text-ink-2">, not UTF-8: shown in base64</span>
          )}
        </h3>
        <span className="flex items-center gap-1">
          {indented !== undefined && (
            <Segment label="Form of the record">
              <SegmentButton current={pretty} onClick={() => setPretty(true)}>
                On lines
              </SegmentButton>
              <SegmentButton current={!pretty} onClick={() => setPretty(false)}>
                As received
              </SegmentButton>
            </Segment>
          )}
          <CopyButton text={raw} label="Copy the record as received" />
        </span>
      </div>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        tabIndex={0}
        className="max-h-[60vh] overflow-auto rounded-md bg-sunken p-3 font-mono text-xs scroll-thin"
      >
        <VisibleText text={(pretty ? indented : undefined) ?? raw} lines />
      </pre>
    </section>
  );
}
