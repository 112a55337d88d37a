import type { ReactNode } from "react";
import { cx } from "./cx.ts";

const tones = {
  neutral: "text-ink-2 before:hidden",
  good: "text-ink-2 before:bg-ink-3/60",
  live: "text-live before:bg-live",
  failure: "text-failure before:bg-failure before:rounded-none",
  denied: "text-denied before:bg-denied before:rotate-45 before:rounded-none",
  warning:
    "text-warning before:bg-warning before:rounded-none before:[clip-path:polygon(50%_0,100%_100%,0_100%)]",
  faint: "text-ink-3 before:border before:border-ink-3 before:bg-transparent",
} as const;

export type Tone = keyof typeof tones;

/** A word, mostly from a closed list. Its mark differs in shape as well as in colour. */
export function Badge({ tone = "neutral", children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span
      className={cx(
        "inline-flex max-w-full items-center gap-1.5 truncate",
        "before:size-2 before:shrink-0 before:rounded-full before:content-['']",
        tones[tone],
      )}
    >
      <span className="truncate">{children}</span>
    </span>
  );
}
