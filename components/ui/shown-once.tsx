"use client";

import { useEffect, useRef } from "react";
import { Button } from "./button.tsx";
import { CopyButton } from "./copy-button.tsx";
import { VisibleText } from "./visible-text.tsx";

type ShownOnceProps = { title: string; hint: string; token: string; onDone: () => void };

/** The one sight of a token. It stays until the reader says that it is kept, or leaves the page. */
export function ShownOnce({ title, hint, token, onDone }: ShownOnceProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  // A dialog that asked for it is open for a moment yet, and gives the focus back when it closes.
  useEffect(() => {
    const frame = requestAnimationFrame(() => heading.current?.focus());
    return () => cancelAnimationFrame(frame);
  }, []);
  return (
    <div className="flex flex-col gap-2 rounded-md border border-line-strong/50 bg-sunken px-4 py-3">
      <h2 ref={heading} tabIndex={-1} className="font-semibold outline-none">
        <VisibleText text={title} />
      </h2>
      <p className="text-ink-2">{hint}: it is shown this once, and Daybook keeps only its hash.</p>
      <div className="flex items-center gap-1">
        <code className="min-w-0 flex-1 rounded-md border border-line bg-canvas px-2 py-1.5 font-mono wrap-anywhere select-all">
          {token}
        </code>
        <CopyButton text={token} label="Copy the token" size="md" />
      </div>
      <div>
        <Button onClick={onDone}>I have kept it</Button>
      </div>
    </div>
  );
}
