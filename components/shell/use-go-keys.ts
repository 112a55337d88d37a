"use client";

import { useRouter } from "next/navigation";
import { useEffect, useEffectEvent, useRef } from "react";
import { isEditable } from "@/components/ui/use-keys.ts";
import type { ConsolePage } from "./pages.ts";

const waitMs = 1500;

/** `g` and then a page's key goes there. The second key is caught before any other listener sees it. */
export function useGoKeys(pages: readonly ConsolePage[]): void {
  const router = useRouter();
  const startedAt = useRef(0);

  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isEditable(event.target)) return;
    if (document.querySelector("dialog:modal")) return;
    const waiting = event.timeStamp - startedAt.current < waitMs && startedAt.current > 0;
    startedAt.current = 0;
    if (!waiting) {
      if (event.key === "g") startedAt.current = event.timeStamp;
      return;
    }
    const page = pages.find((candidate) => candidate.key === event.key);
    if (!page) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    router.push(page.href);
  });

  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKey(event);
    window.addEventListener("keydown", listen, { capture: true });
    return () => window.removeEventListener("keydown", listen, { capture: true });
  }, []);
}
