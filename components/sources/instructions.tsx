"use client";

import { useState } from "react";
import { CopyButton } from "@/components/ui/copy-button.tsx";
import { AddressNotice } from "./address-notice.tsx";
import { CodeBlock } from "./code-block.tsx";
import { fillInstructions, tokenPlaceholder } from "./fill-instructions.ts";
import type { KindView } from "./kind-view.ts";

type InstructionsProps = { kind: KindView; url: string; token: string | undefined; startOpen: boolean };

/** How records get here, to be pasted at the source. */
export function Instructions({ kind, url, token, startOpen }: InstructionsProps) {
  const [initiallyOpen] = useState(startOpen);
  return (
    <details open={initiallyOpen} className="group">
      <summary className="w-fit py-1 font-semibold">How records get here</summary>
      <div className="flex max-w-4xl flex-col gap-4 pt-2">
        <p className="flex flex-wrap items-center gap-x-2 text-ink-2">
          Posts go to
          <code className="font-mono text-xs wrap-anywhere text-ink">{url}</code>
          <CopyButton text={url} label="Copy the address" />
        </p>
        <AddressNotice url={url} />
        {token === undefined && (
          <p className="text-ink-2">
            Put the source’s token where{" "}
            <code className="font-mono text-xs text-ink">{tokenPlaceholder}</code> stands. Not kept? Renew it:
            a new one is shown then.
          </p>
        )}
        {kind.instructions.map(({ title, text }) => (
          <CodeBlock key={title} title={title} text={fillInstructions(text, { url, token })} />
        ))}
      </div>
    </details>
  );
}
