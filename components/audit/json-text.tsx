"use client";

import { ChevronDown, ChevronRight } from "lucide-react";
import { useMemo, useState } from "react";
import { CopyButton } from "@/components/ui/copy-button.tsx";
import { indentJson } from "@/components/ui/indent-json.ts";
import { LongText } from "./long-text.tsx";

type JsonTextProps = {
  title: string;
  hint?: string;
  text: string;
  copyLabel: string;
  /** Shut at first; it can be copied all the same. */
  folded?: boolean;
};

/** JSON set on lines, and copied so: nothing of it is changed but white space. */
export function JsonText({ title, hint, text, copyLabel, folded = false }: JsonTextProps) {
  const indented = useMemo(() => indentJson(text) ?? text, [text]);
  const [open, setOpen] = useState(!folded);
  const Arrow = open ? ChevronDown : ChevronRight;
  return (
    // Not a landmark: the steps of a workflow hold several of one name.
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring its own layout
    <div role="group" aria-label={title} className="flex flex-col gap-1">
      <div className="flex items-center gap-2">
        <button
          type="button"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className="-ml-1 flex h-6 items-center gap-1 rounded px-1 font-medium hover:bg-hover"
        >
          <Arrow aria-hidden className="size-3.5 text-ink-3" />
          {title}
        </button>
        {hint !== undefined && <span className="text-xs text-ink-2">{hint}</span>}
        <span className="flex-1" />
        <CopyButton text={indented} label={copyLabel} />
      </div>
      {open && (
        <pre
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
          tabIndex={0}
          className="max-h-80 overflow-auto rounded-md bg-sunken p-2 font-mono text-xs scroll-thin wrap-anywhere whitespace-pre-wrap"
        >
          <LongText text={indented} lines />
        </pre>
      )}
    </div>
  );
}
