"use client";

import type { Player } from "asciinema-player";
import { type RefObject, useEffect, useEffectEvent } from "react";
import { isEditable } from "@/components/ui/use-keys.ts";

/** The player's own keys, which it hears only where it has the focus. */
const passedOn = new Set([" ", ",", ".", "[", "]", "ArrowLeft", "ArrowRight", ..."0123456789"]);

/** Lets the keys of the player work on the whole page; `f` fills the screen with the controls too. */
export function usePlayerKeys(player: RefObject<Player | null>, onFullScreen: () => void): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    // What we passed on comes by again.
    if (!event.isTrusted || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isEditable(event.target) && !isSlider(event.target)) return;
    if (document.querySelector("dialog:modal, [popover=auto]:popover-open")) return;
    if (event.key === "f") {
      event.preventDefault();
      event.stopImmediatePropagation();
      onFullScreen();
      return;
    }
    const element = player.current?.el;
    if (!element || !passedOn.has(event.key)) return;
    if (event.target instanceof Node && element.contains(event.target)) return;
    if (event.key === " " && event.target instanceof HTMLElement && event.target.closest("button, a")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { key, shiftKey } = event;
    const wrapper = element.matches(".ap-wrapper") ? element : element.querySelector(".ap-wrapper");
    wrapper?.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey, bubbles: true, cancelable: true }));
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKey(event);
    document.addEventListener("keydown", listen, { capture: true });
    return () => document.removeEventListener("keydown", listen, { capture: true });
  }, []);
}

function isSlider(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement && target.type === "range";
}
