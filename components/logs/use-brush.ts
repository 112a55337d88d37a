"use client";

import { type KeyboardEvent, type PointerEvent, useState } from "react";

/** Bars from one to another, in the order they were marked. */
export type Brush = { from: number; to: number };

type BrushOptions = { count: number; onZoom: (first: number, last: number) => void };

/**
 * Marks bars and zooms to them: by dragging, or with the arrows, Shift and Enter.
 * @returns the bar that is looked at, the bars that are marked, and the handlers of the element above the bars
 */
export function useBrush({ count, onZoom }: BrushOptions) {
  const [at, setAt] = useState<number | null>(null);
  const [brush, setBrush] = useState<Brush | null>(null);

  function barUnder(event: PointerEvent<HTMLElement>): number {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    return Math.max(0, Math.min(count - 1, Math.floor(((event.clientX - left) / width) * count)));
  }

  function zoom(marked: Brush | null) {
    setBrush(null);
    if (marked) onZoom(Math.min(marked.from, marked.to), Math.max(marked.from, marked.to));
  }

  function onKeyDown(event: KeyboardEvent<HTMLElement>) {
    const steps: { [key: string]: number } = {
      ArrowLeft: -1,
      ArrowRight: 1,
      PageUp: -10,
      PageDown: 10,
      Home: -count,
      End: count,
    };
    const step = steps[event.key];
    const here = at ?? count - 1;
    if (step !== undefined) {
      const next = Math.max(0, Math.min(count - 1, here + step));
      setBrush(event.shiftKey ? { from: brush?.from ?? here, to: next } : null);
      setAt(next);
    } else if (event.key === "Enter" && at !== null) zoom(brush ?? { from: here, to: here });
    else if (event.key === "Escape" && brush) setBrush(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  const handlers = {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (event.button !== 0 || count === 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      setBrush({ from: barUnder(event), to: barUnder(event) });
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      if (count === 0) return;
      const bar = barUnder(event);
      setAt(bar);
      if (brush && event.buttons === 1) setBrush({ ...brush, to: bar });
    },
    onPointerUp: () => zoom(brush),
    onPointerCancel: () => setBrush(null),
    onPointerLeave: () => setAt(null),
    onFocus: (event: { target: EventTarget }) => {
      if (event.target instanceof Element && event.target.matches(":focus-visible")) setAt(at ?? count - 1);
    },
    onBlur: () => {
      setAt(null);
      setBrush(null);
    },
    onKeyDown,
  };
  return { at, brush, handlers };
}
