"use client";

import { type RefObject, useLayoutEffect, useState } from "react";

/** A row's height in pixels: CSS decides it, by the width of the screen and the size of the font. */
export function useRowHeight(probe: RefObject<HTMLElement | null>): number {
  const [height, setHeight] = useState(32);
  useLayoutEffect(() => {
    const element = probe.current;
    if (!element) return;
    const measure = () => setHeight(element.getBoundingClientRect().height || 32);
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [probe]);
  return height;
}
