"use client";

import { type RefObject, useEffect, useState } from "react";

/** Whether the list is scrolled to its very top. */
export function useAtTop(scroller: RefObject<HTMLElement | null>): boolean {
  const [atTop, setAtTop] = useState(true);
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const look = () => setAtTop(element.scrollTop < 4);
    element.addEventListener("scroll", look, { passive: true });
    return () => element.removeEventListener("scroll", look);
  }, [scroller]);
  return atTop;
}
