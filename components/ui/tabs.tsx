"use client";

import Link from "next/link";
import type { ComponentProps, ReactNode } from "react";
import { cx } from "./cx.ts";

/** Pages side by side, as a strip of links: each tab has a URL of its own. */
export function TabStrip({ label, children }: { label: string; children: ReactNode }) {
  return (
    <nav aria-label={label} className="min-w-0">
      <ul className="flex flex-wrap items-stretch gap-x-1">{children}</ul>
    </nav>
  );
}

export function Tab({ href, current, children }: { href: string; current: boolean; children: ReactNode }) {
  return (
    <li>
      <Link
        href={href}
        // Reading a log is an event of the record: nothing is read before someone asks for it.
        prefetch={false}
        {...(current && { "aria-current": "page" })}
        className={cx(
          "flex h-9 items-center border-b-2 px-2 max-sm:h-8 text-sm whitespace-nowrap focus-visible:outline-offset-[-2px]",
          current ? "border-accent font-medium text-ink" : "border-transparent text-ink-2 hover:text-ink",
        )}
      >
        {children}
      </Link>
    </li>
  );
}

/** A choice between a few, all of them visible. */
export function Segment({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring its own layout
    <div
      role="group"
      aria-label={label}
      className="inline-flex h-7 items-stretch rounded-md border border-line bg-sunken p-0.5"
    >
      {children}
    </div>
  );
}

const segmentClass = (current: boolean) =>
  cx(
    "flex items-center rounded px-2 text-xs disabled:cursor-not-allowed disabled:opacity-60",
    current ? "bg-canvas font-medium text-ink shadow-sm ring-1 ring-line" : "text-ink-2 hover:text-ink",
  );

export function SegmentButton({ current, ...props }: { current: boolean } & ComponentProps<"button">) {
  return <button type="button" aria-pressed={current} className={segmentClass(current)} {...props} />;
}

export function SegmentLink({
  href,
  current,
  children,
}: {
  href: string;
  current: boolean;
  children: ReactNode;
}) {
  return (
    <Link
      href={href}
      prefetch={false}
      {...(current && { "aria-current": "page" })}
      className={segmentClass(current)}
    >
      {children}
    </Link>
  );
}
