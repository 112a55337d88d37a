"use client";

import { Check, Copy } from "lucide-react";
import { useCallback, useEffect, useState } from "react";
import { Button, type ButtonSize } from "./button.tsx";
import { useNotify } from "./toast.tsx";

/** @returns copies the text and says so, or says that the browser refused */
export function useCopy(): (text: string) => Promise<boolean> {
  const notify = useNotify();
  return useCallback(
    async (text) => {
      try {
        await navigator.clipboard.writeText(text);
      } catch {
        // Browsers offer the clipboard to HTTPS and localhost only, and may ask.
        notify("The browser refused to copy. Select the text and copy it by hand.", "failure");
        return false;
      }
      notify("Copied");
      return true;
    },
    [notify],
  );
}

/** `text` as a function is asked for when it is copied: it may need the browser. */
type CopyProps = { text: string | (() => string); label: string; size?: ButtonSize; tabIndex?: number };

export function CopyButton({ text, label, size = "sm", tabIndex }: CopyProps) {
  const copy = useCopy();
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), 1500);
    return () => clearTimeout(timer);
  }, [done]);
  const Icon = done ? Check : Copy;
  return (
    <Button
      look="quiet"
      size={size}
      square
      aria-label={label}
      title={label}
      {...(tabIndex !== undefined && { tabIndex })}
      onClick={async (event) => {
        event.stopPropagation();
        setDone(await copy(typeof text === "string" ? text : text()));
      }}
    >
      <Icon aria-hidden className="size-3.5" />
    </Button>
  );
}
