"use client";

import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";
import { type PageWindow, positionOf, rowAt } from "./page-window.ts";

type Anchor = { key: string; position: number };

/**
 * Keeps the rows that are read where they are when rows come or go above them. At the very top nothing is
 * held: there new rows push the others down.
 * @param generation changes with the question: another list begins at its top
 */
export function useScrollAnchor<R>(
  scroller: RefObject<HTMLElement | null>,
  window: PageWindow<R>,
  { rowHeight, keyOf, generation }: { rowHeight: number; keyOf: (row: R) => string; generation: number },
): void {
  const anchor = useRef<Anchor | null>(null);
  const shown = useRef(generation);

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const remember = () => {
      const position = Math.floor(element.scrollTop / rowHeight);
      const row = position > 0 ? rowAt(window, position) : undefined;
      anchor.current = row === undefined ? null : { key: keyOf(row), position };
    };
    remember();
    element.addEventListener("scroll", remember, { passive: true });
    return () => element.removeEventListener("scroll", remember);
  }, [scroller, window, rowHeight, keyOf]);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    if (shown.current !== generation) {
      shown.current = generation;
      anchor.current = null;
      element.scrollTop = 0;
      return;
    }
    // Whoever has gone to the top in this moment wants to see what is new there.
    if (!anchor.current || element.scrollTop === 0) return;
    const position = positionOf(window, anchor.current.key, keyOf);
    if (position === undefined || position === anchor.current.position) return;
    element.scrollTop += (position - anchor.current.position) * rowHeight;
    anchor.current = { ...anchor.current, position };
  }, [scroller, window, rowHeight, keyOf, generation]);
}
