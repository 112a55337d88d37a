"use client";

import { X } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { Button } from "./button.tsx";
import { cx } from "./cx.ts";
import { VisibleText } from "./visible-text.tsx";

type DialogProps = {
  open: boolean;
  onClose: () => void;
  title: string;
  /** Leaves the heading to screen readers, as in the command palette. */
  bare?: boolean;
  className?: string;
  children: ReactNode;
};

/**
 * A modal dialog on the browser's own: it traps focus, Esc and a click beside it close it. `[data-autofocus]`
 * in it takes the focus, or else its first control.
 */
export function Dialog({ open, onClose, title, bare = false, className, children }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const heading = useId();

  useEffect(() => {
    const dialog = ref.current;
    if (open && dialog && !dialog.open) {
      dialog.showModal();
      dialog.querySelector<HTMLElement>("[data-autofocus]")?.focus();
    }
    if (!open && dialog?.open) dialog.close();
  }, [open]);

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the browser closes a dialog on Esc
    <dialog
      ref={ref}
      aria-labelledby={heading}
      // React hands on what a dialog within this one tells.
      onClose={(event) => event.target === event.currentTarget && onClose()}
      onClick={(event) => event.target === event.currentTarget && event.currentTarget.close()}
      className={cx(
        "fixed inset-x-0 top-[12vh] mx-auto max-h-[76vh] w-[min(36rem,calc(100vw-2rem))] overflow-auto rounded-lg border border-line",
        "bg-surface p-0 text-ink shadow-raised",
        className,
      )}
    >
      {open && (
        <>
          <header
            className={cx(
              bare
                ? "sr-only"
                : "flex items-center justify-between gap-4 border-b border-line py-2 pr-2 pl-4",
            )}
          >
            <h2 id={heading} className="min-w-0 text-base font-semibold wrap-anywhere">
              <VisibleText text={title} />
            </h2>
            {!bare && (
              <Button look="quiet" square aria-label="Close" onClick={() => ref.current?.close()}>
                <X aria-hidden className="size-4" />
              </Button>
            )}
          </header>
          {children}
        </>
      )}
    </dialog>
  );
}
