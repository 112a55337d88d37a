"use client";

import { useEffect, useEffectEvent } from "react";

type Handlers = { [key: string]: (event: KeyboardEvent) => void };

/** Whether typing would go into this element. */
export function isEditable(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    target.matches("input:not([type=checkbox]):not([type=radio]), textarea, select")
  );
}

/** Whether a panel or dialog is open that wants the keys for itself. */
function isCovered(): boolean {
  return document.querySelector("dialog:modal, [popover=auto]:popover-open") !== null;
}

/**
 * Single keys for the whole page, by `event.key`. They rest while someone types, while a dialog or menu is
 * open, and with Ctrl, Alt or Cmd held.
 */
export function useKeys(handlers: Handlers): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const handler = Object.hasOwn(handlers, event.key) ? handlers[event.key] : undefined;
    if (!handler || isEditable(event.target) || isCovered()) return;
    event.preventDefault();
    handler(event);
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKey(event);
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
}
