"use client";

import { type ReactNode, useId, useRef } from "react";
import { Kbd } from "./kbd.tsx";
import { placeBeside } from "./place.ts";

const delayMs = 350;

type TooltipProps = { text: string; keys?: string; align?: "start" | "end"; children: ReactNode };

/** Shows what the control inside is called, and its key, on hover and on keyboard focus. */
export function Tooltip({ text, keys, align = "start", children }: TooltipProps) {
  const id = useId();
  const anchor = useRef<HTMLSpanElement>(null);
  const panel = useRef<HTMLSpanElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  function show() {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      if (!panel.current?.isConnected || !anchor.current) return;
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
        id={id}
        popover="manual"
        role="tooltip"
        className="pointer-events-none inset-auto m-0 rounded-md border border-line bg-surface px-2 py-1 text-xs text-ink shadow-raised"
      >
        <span className="flex items-center gap-2">
          {text}
          {keys !== undefined && <Kbd keys={keys} />}
        </span>
      </span>
    </span>
  );
}
