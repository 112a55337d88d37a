"use client";

import { type ReactNode, useRef } from "react";
import { placeBeside } from "./place.ts";

const delayMs = 350;

type TooltipProps = { text: string; align?: "start" | "end"; children: ReactNode };

/** Shows what the control inside is called, on hover and on keyboard focus. */
export function Tooltip({ text, align = "start", children }: TooltipProps) {
  const anchor = useRef<HTMLSpanElement>(null);
  const panel = useRef<HTMLSpanElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  function show() {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      if (!panel.current?.isConnected || !anchor.current) return;
      // What the control has opened says more, and would lie below.
      if (anchor.current.querySelector("[aria-expanded=true]") !== null) return;
      panel.current.showPopover();
      placeBeside(panel.current, anchor.current, align);
    }, delayMs);
  }

  function hide() {
    clearTimeout(timer.current);
    if (panel.current?.matches(":popover-open")) panel.current.hidePopover();
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: listens to the control inside
    <span
      ref={anchor}
      className="inline-flex"
      onPointerEnter={show}
      onPointerLeave={hide}
      onPointerDown={hide}
      onKeyDown={hide}
      onFocus={(event) => event.target.matches(":focus-visible") && show()}
      onBlur={hide}
    >
      {children}
      <span
        ref={panel}
        popover="manual"
        // The control says the same to a screen reader.
        aria-hidden
        className="pointer-events-none inset-auto m-0 rounded-md border border-line bg-surface px-2 py-1 text-xs text-ink shadow-raised"
      >
        {text}
      </span>
    </span>
  );
}
