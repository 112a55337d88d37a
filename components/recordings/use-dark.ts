"use client";

import { useSyncExternalStore } from "react";

const darkScheme = "(prefers-color-scheme: dark)";

function isDark(): boolean {
  const { classList } = document.documentElement;
  if (classList.contains("dark")) return true;
  return !classList.contains("light") && window.matchMedia(darkScheme).matches;
}

function subscribe(changed: () => void): () => void {
  const media = window.matchMedia(darkScheme);
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributeFilter: ["class"] });
  media.addEventListener("change", changed);
  return () => {
    observer.disconnect();
    media.removeEventListener("change", changed);
  };
}

/** Whether the page is shown in its dark colours. */
export function useDark(): boolean {
  return useSyncExternalStore(subscribe, isDark, () => true);
}
