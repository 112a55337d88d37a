"use client";

import { useMemo, useState } from "react";
import { formatCount } from "@/components/logs/format-values.ts";
import { Button } from "@/components/ui/button.tsx";
import { CopyButton } from "@/components/ui/copy-button.tsx";
import { cx } from "@/components/ui/cx.ts";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import { type Change, type DifferenceLine, differenceOf } from "@/lib/audit/difference.ts";
import { JsonText } from "./json-text.tsx";
import { LongText } from "./long-text.tsx";

/** Lines drawn at first; a state may have thousands of values. */
const drawnAtFirst = 200;

type States = {
  original: string | null;
  updated: string | null;
  /** Shows differences at first, and of one state alone no more than that it is there. */
  folded: boolean;
};

/** The target before and after, as JSON, value by value: side by side where there is room. */
export function StateDifference({ original, updated, folded }: States) {
  if (original === null && updated === null) return null;
  // One state alone says nothing of the other: it is shown as it is.
  if (original === null || updated === null) {
    const [text, title] = original === null ? [updated ?? "", "After"] : [original, "Before"];
    return (
      <JsonText
        title={title}
        hint={original === null ? "No state before is recorded." : "No state after is recorded."}
        text={text}
        folded={folded}
        copyLabel={original === null ? "Copy UpdatedState" : "Copy OriginalState"}
      />
    );
  }
  return <Compared original={original} updated={updated} />;
}

function Compared({ original, updated }: { original: string; updated: string }) {
  const lines = useMemo(() => differenceOf(original, updated), [original, updated]);
  const [all, setAll] = useState(false);
  const [drawn, setDrawn] = useState(drawnAtFirst);
  if (!lines)
    return (
      <>
        <JsonText title="Before" text={original} copyLabel="Copy OriginalState" />
        <JsonText title="After" text={updated} copyLabel="Copy UpdatedState" />
      </>
    );
  const changed = lines.filter(({ change }) => change !== "same");
  const same = lines.length - changed.length;
  const listed = all ? lines : changed;
  return (
    <section aria-label="Before and after" className="@container flex flex-col gap-1">
      <div className="flex flex-wrap items-center gap-x-2">
        <h3 className="font-medium">Before and after</h3>
        <span className="text-xs text-ink-2">{countWords(changed.length)}</span>
        <span className="flex-1" />
        {same > 0 && (
          <Button look="quiet" size="sm" aria-pressed={all} onClick={() => setAll(!all)}>
            {formatCount(same)} unchanged
          </Button>
        )}
        <span className="flex">
          <CopyButton text={original} label="Copy OriginalState" />
          <CopyButton text={updated} label="Copy UpdatedState" />
        </span>
      </div>
      {listed.length > 0 && (
        <ul className="overflow-hidden rounded-md border border-line">
          {listed.slice(0, drawn).map((line, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a path may come twice, once gone and once new
            <Line key={at} line={line} />
          ))}
        </ul>
      )}
      {listed.length > drawn && (
        <Button size="sm" onClick={() => setDrawn(drawn * 10)}>
          {formatCount(listed.length - drawn)} more
        </Button>
      )}
    </section>
  );
}

function countWords(changes: number): string {
  if (changes === 0) return "Nothing changed.";
  return changes === 1 ? "1 difference" : `${formatCount(changes)} differences`;
}

const marks: { [change in Change]: string } = { added: "+", removed: "−", changed: "~", same: "" };

function Line({ line: { path, change, before, after } }: { line: DifferenceLine }) {
  return (
    <li className="grid items-start gap-x-2 border-b border-line px-2 py-1 last:border-0 @md:grid-cols-[minmax(6rem,1fr)_minmax(0,1.5fr)_minmax(0,1.5fr)]">
      <span className="flex min-w-0 items-baseline gap-1.5 wrap-anywhere text-ink-2">
        <span aria-hidden className="w-2 shrink-0 font-mono font-semibold">
          {marks[change]}
        </span>
        <span className="sr-only">{change}: </span>
        <VisibleText text={path === "" ? "(all of it)" : path} />
      </span>
      <Side text={before} change={change} side="before" />
      <Side text={after} change={change} side="after" />
    </li>
  );
}

type SideProps = { text: string | undefined; change: Change; side: "before" | "after" };

function Side({ text, change, side }: SideProps) {
  // One under the other, what is not there takes no line; side by side it keeps its place.
  if (text === undefined) return <span aria-hidden className="hidden @md:block" />;
  const Tag = change === "same" ? "span" : side === "before" ? "del" : "ins";
  return (
    <Tag
      className={cx(
        "block min-w-0 rounded-xs px-1 font-mono text-xs leading-5 wrap-anywhere no-underline max-[28rem]:ml-3.5",
        change === "same" ? "text-ink-2" : side === "before" ? "bg-failure-soft" : "bg-live-soft",
        change === "same" && side === "after" && "@max-md:hidden",
      )}
    >
      {change !== "same" && <span className="sr-only">{side}: </span>}
      <LongText text={text} />
    </Tag>
  );
}
