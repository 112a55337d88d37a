"use client";

import { X } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { Button } from "./button.tsx";

type DrawerProps = {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  /** What can be done with what is shown, beside the title. */
  actions?: ReactNode;
  children: ReactNode;
};

/** Below this width the drawer covers the page, and is modal. */
const coveringWidth = 768;

/**
 * A panel at the right. On wide screens the page beside it stays in use: rows can be walked through while it is
 * open. Esc closes it from anywhere outside of a field.
 */
export function Drawer({ open, onClose, title, actions, children }: DrawerProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const top = useRef<HTMLHeadingElement>(null);

  useEffect(() => {
    const dialog = ref.current;
    if (!open || !dialog || dialog.open) return;
    // Who opened it by keyboard goes on in it; a click leaves the focus where it was.
    const focused = document.activeElement;
    const byMouse = focused instanceof HTMLElement && !focused.matches(":focus-visible");
    if (window.innerWidth < coveringWidth) dialog.showModal();
    else dialog.show();
    // Its first control would be taken for what the drawer is about.
    top.current?.focus({ preventScroll: true });
    if (byMouse && focused !== document.body) focused.focus({ preventScroll: true });
    return () => dialog.close();
  }, [open]);

  useEffect(() => {
    if (!open) return;
    function onKey(event: KeyboardEvent) {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      if (document.querySelector("[popover=auto]:popover-open, dialog:modal")) return;
      event.preventDefault();
      onClose();
    }
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [open, onClose]);

  return (
    <dialog
      ref={ref}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      className="fixed top-0 right-0 bottom-0 left-auto z-30 m-0 h-dvh max-h-none w-[min(40rem,100vw)] max-w-none flex-col border-l border-line bg-surface p-0 text-ink shadow-raised open:flex"
    >
      {open && (
        <>
          <header className="flex h-12 shrink-0 items-center gap-2 border-b border-line pr-2 pl-4">
            <h2
              ref={top}
              id={heading}
              tabIndex={-1}
              className="min-w-0 flex-1 truncate text-base font-semibold"
            >
              {title}
            </h2>
            {actions}
            <Button look="quiet" square aria-label="Close" aria-keyshortcuts="Escape" onClick={onClose}>
              <X aria-hidden className="size-4" />
            </Button>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto scroll-thin">{children}</div>
        </>
      )}
    </dialog>
  );
}
