"use client";

import { useCallback, useRef, useState } from "react";
import type { PageStore } from "@/components/data-table/page-store.ts";
import { positionOf, rowAt } from "@/components/data-table/page-window.ts";
import { instantOf } from "@/lib/logs/time.ts";
import type { Row } from "./log-api.ts";

/** Keys kept of rows that nobody has seen yet; beyond, they are only counted. */
const mostKept = 500;

export type Span = { from: string; to: string };

/** Where rows stand that have arrived out of sight: in the list, or in a span of time that is not listed yet. */
type Place = { position: number } | { span: Span };

/**
 * Rows that arrived somewhere in the middle of the list or below it, because the times they carry are older
 * than what is shown (newer, where the oldest stand first), and that are out of sight.
 */
export function useLateRows(store: PageStore<Row>, keyOf: (row: Row) => string) {
  const [count, setCount] = useState(0);
  const kept = useRef(new Map<string, Row>());
  const bounds = useRef<{ earliest: string; latest: string }>(undefined);
  /** Whether there were more than are kept. */
  const overflown = useRef(false);
  const seen = useRef({ first: 0, last: 0 });

  /** The keys of the rows on screen. */
  const keysInSight = useCallback((): Set<string> => {
    const { window } = store.getState();
    const keys = new Set<string>();
    for (let position = seen.current.first; position <= seen.current.last; position += 1) {
      const row = rowAt(window, position);
      if (row !== undefined) keys.add(keyOf(row));
    }
    return keys;
  }, [store, keyOf]);

  /** @returns the keys of those that are on screen */
  function note(rows: readonly Row[]): string[] {
    if (rows.length === 0) return [];
    const onScreen: string[] = [];
    const inSight = keysInSight();
    let unseen = 0;
    for (const row of rows) {
      if (inSight.has(keyOf(row))) {
        onScreen.push(keyOf(row));
        continue;
      }
      unseen += 1;
      if (kept.current.size < mostKept) kept.current.set(keyOf(row), row);
      else overflown.current = true;
      const { earliest = row.time, latest = row.time } = bounds.current ?? {};
      bounds.current = {
        earliest: row.time < earliest ? row.time : earliest,
        latest: row.time > latest ? row.time : latest,
      };
    }
    if (unseen > 0) setCount((before) => before + unseen);
    return onScreen;
  }

  /** Told what is on screen. @returns the keys of rows that have come to sight so */
  const see = useCallback(
    (first: number, last: number): string[] => {
      seen.current = { first, last };
      if (kept.current.size === 0) return [];
      const come = [...keysInSight()].filter((key) => kept.current.delete(key));
      if (kept.current.size === 0 && !overflown.current) bounds.current = undefined;
      if (come.length > 0) setCount((before) => before - come.length);
      return come;
    },
    [keysInSight],
  );

  function forget(): void {
    kept.current.clear();
    bounds.current = undefined;
    overflown.current = false;
    setCount(0);
  }

  /** Takes a row out that has gone from the list. */
  function drop(key: string): void {
    if (kept.current.delete(key)) setCount((before) => before - 1);
  }

  /** The place of the first of them in the order of the list, and their keys. */
  function place(): { where: Place; keys: string[] } | undefined {
    if (!bounds.current) return undefined;
    const keys = [...kept.current.keys()];
    const [first] = store.inOrder([...kept.current.values()]);
    const position = first && positionOf(store.getState().window, keyOf(first), keyOf);
    if (position !== undefined) return { where: { position }, keys };
    const { earliest, latest } = bounds.current;
    // Whole milliseconds around them: the end of a span is no part of it.
    const span = { from: instantOf(Date.parse(earliest)), to: instantOf(Date.parse(latest) + 1) };
    return { where: { span }, keys };
  }

  return { count, note, see, forget, drop, place };
}
