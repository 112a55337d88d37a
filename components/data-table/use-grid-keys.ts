"use client";

import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from "react";
import { useKeys } from "@/components/ui/use-keys.ts";
import { countOf, type PageWindow, positionOf, rowAt } from "./page-window.ts";

/** The row that keys work on, and the cell of it, where one is focused. */
export type Active = { key: string; column: string | null };

type GridKeys<R> = {
  grid: RefObject<HTMLElement | null>;
  window: PageWindow<R>;
  columns: readonly string[];
  keyOf: (row: R) => string;
  /** The first position on screen: where `j` begins. */
  firstSeen: () => number;
  pageRows: number;
  scrollTo: (position: number) => void;
  onOpen: (row: R) => void;
  /** Whether moving on means opening: the drawer follows the rows. */
  following: boolean;
  /** @returns whether the key meant something for the cell */
  onCellKey: (row: R, column: string, key: string) => boolean;
};

/** Walks rows with j, k and the arrows, cells with left and right; Enter opens. */
export function useGridKeys<R>(options: GridKeys<R>) {
  const { grid, window, columns, keyOf, firstSeen, pageRows, scrollTo, onOpen, following, onCellKey } =
    options;
  const [active, setActive] = useState<Active | null>(null);
  const focusWanted = useRef(false);

  // The row may have to be rendered before it can take the focus.
  useEffect(() => {
    if (!focusWanted.current || !active || !grid.current) return;
    const row = grid.current.querySelector<HTMLElement>(`[data-row="${CSS.escape(active.key)}"]`);
    const cell =
      active.column === null ? row : row?.querySelector<HTMLElement>(`[data-column="${active.column}"]`);
    if (!cell) return;
    focusWanted.current = false;
    cell.focus({ preventScroll: true });
  });

  function moveTo(position: number, column = active?.column ?? null) {
    const target = Math.max(0, Math.min(position, countOf(window) - 1));
    const row = rowAt(window, target);
    scrollTo(target);
    if (row === undefined) return;
    // Who reads in the drawer goes on reading there.
    focusWanted.current = document.activeElement?.closest("dialog") === null;
    setActive({ key: keyOf(row), column });
    if (following) onOpen(row);
  }

  function moveBy(rows: number) {
    const from = active ? positionOf(window, active.key, keyOf) : undefined;
    if (from === undefined) moveTo(firstSeen(), null);
    else moveTo(from + rows);
  }

  function moveAcross(by: -1 | 1) {
    if (!active) return;
    const at = active.column === null ? -1 : columns.indexOf(active.column);
    const column = at + by < 0 ? null : (columns[at + by] ?? active.column);
    focusWanted.current = true;
    setActive({ ...active, column });
  }

  function activate(row: R) {
    const cell = document.activeElement;
    const link = active?.column === null ? null : cell?.querySelector<HTMLElement>("a[href], button");
    if (link) link.click();
    else onOpen(row);
  }

  useKeys({ j: () => moveBy(1), k: () => moveBy(-1) });

  const moves: { [key: string]: () => void } = {
    ArrowDown: () => moveBy(1),
    ArrowUp: () => moveBy(-1),
    PageDown: () => moveBy(pageRows),
    PageUp: () => moveBy(-pageRows),
    Home: () => moveTo(0),
    End: () => moveTo(countOf(window) - 1),
    ArrowRight: () => moveAcross(1),
    ArrowLeft: () => moveAcross(-1),
  };

  function onKeyDown(event: KeyboardEvent<HTMLElement>) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { key, column } = rowOfEvent(event.target);
    const position = key === undefined ? undefined : positionOf(window, key, keyOf);
    const row = position === undefined ? undefined : rowAt(window, position);
    if (Object.hasOwn(moves, event.key)) moves[event.key]?.();
    else if (row !== undefined && (event.key === "Enter" || event.key === " ")) activate(row);
    else if (row === undefined || column === undefined || !onCellKey(row, column, event.key)) return;
    event.preventDefault();
  }

  /** A focus that came by Tab or by a click makes its row the active one. */
  function onFocus(event: { target: EventTarget }) {
    const { key, column } = rowOfEvent(event.target);
    if (key !== undefined && (active?.key !== key || active.column !== (column ?? null))) {
      setActive({ key, column: column ?? null });
    }
  }

  /** Without the focus in the grid no cell of it is meant, only a row. */
  function onBlur(event: { currentTarget: Element; relatedTarget: EventTarget | null }) {
    const inside = event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget);
    if (!inside && active) setActive({ ...active, column: null });
  }

  return { active, onKeyDown, onFocus, onBlur };
}

function rowOfEvent(target: EventTarget): { key: string | undefined; column: string | undefined } {
  if (!(target instanceof HTMLElement)) return { key: undefined, column: undefined };
  return {
    key: target.closest<HTMLElement>("[data-row]")?.dataset["row"],
    column: target.closest<HTMLElement>("[data-column]")?.dataset["column"],
  };
}
