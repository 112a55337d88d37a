"use client";

import { useState } from "react";
import { formatCount } from "@/components/logs/format-values.ts";
import { VisibleText } from "@/components/ui/visible-text.tsx";

const shownAtFirst = 300;

/** A text whose end is shown when it is asked for. Nothing in it hides. */
export function LongText({ text, lines = false }: { text: string; lines?: boolean }) {
  const [whole, setWhole] = useState(false);
  if (text.length <= shownAtFirst * 1.5 || whole) return <VisibleText text={text} lines={lines} />;
  return (
    <>
      <VisibleText text={cut(text)} lines={lines} />…{" "}
      <button type="button" className="text-accent underline" onClick={() => setWhole(true)}>
        {formatCount(text.length)} characters, show all
      </button>
    </>
  );
}

/** Not between the two halves of a character. */
function cut(text: string): string {
  return text.slice(0, shownAtFirst).replace(/[\uD800-\uDBFF]$/, "");
}
