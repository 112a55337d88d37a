"use client";

import { useEffect, useRef } from "react";
import { Button } from "@/components/ui/button.tsx";
import { CopyButton } from "@/components/ui/copy-button.tsx";

type NewTokenProps = { name: string; token: string; onDone: () => void };

/** The one sight of a new token. It stays until the reader says that it is kept. */
export function NewToken({ name, token, onDone }: NewTokenProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <div className="flex flex-col gap-2 rounded-md border border-line-strong/50 bg-sunken px-4 py-3">
      <h2 ref={heading} tabIndex={-1} className="font-semibold outline-none">
        Token “{name}” is ready
      </h2>
      <p className="text-ink-2">Copy it now: it is shown this once, and Daybook keeps only its hash.</p>
      <div className="flex items-center gap-1">
        <code className="min-w-0 flex-1 overflow-x-auto rounded-md border border-line bg-canvas px-2 py-1.5 font-mono select-all">
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
