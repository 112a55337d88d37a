"use client";

import { useCallback, useEffect, useEffectEvent, useRef, useState } from "react";
import type { PageStore } from "@/components/data-table/page-store.ts";
import { LiveStream, type StreamState } from "./live-stream.ts";
import type { Row } from "./log-api.ts";
import { type Span, useLateRows } from "./use-late-rows.ts";
import { useLeavingRows } from "./use-leaving-rows.ts";

/** Arrivals kept until the reader wants them; beyond, the list begins anew instead. */
const mostWaiting = 500;
const arrivalShownMs = 3000;

type LiveOptions = {
  slug: string;
  /** Of {@link filterParams}, as text. */
  params: string;
  /** Where the list stands that is followed, and which list it is. */
  position: string | null;
  generation: number;
  store: PageStore<Row>;
  keyOf: (row: Row) => string;
  /** Whether new rows belong on top of what is seen: newest first, open-ended, from its beginning. */
  slides: boolean;
  atTop: boolean;
  reload: () => void;
  scrollTo: (position: number) => void;
  /** Lists the rows of a span of time instead. */
  showSpan: (span: Span) => void;
};

/**
 * Follows a list. Rows slide in while the reader is at its top, and are counted while not, or while paused.
 * Those whose place is further down are put there, and counted where that is out of sight.
 */
export function useLive(options: LiveOptions) {
  const { slug, params, position, generation, store, keyOf, slides, atTop, reload } = options;
  const [stream, setStream] = useState<StreamState>({ status: "connecting" });
  const [paused, setPaused] = useState(false);
  const [waiting, setWaiting] = useState(0);
  const [arrived, setArrived] = useState<ReadonlySet<string>>(new Set());
  const [received, setReceived] = useState(0);
  const kept = useRef(new Map<string, Row>());
  const wanted = useRef<string[]>([]);
  const late = useLateRows(store, keyOf);
  const { see } = late;
  const leaving = useLeavingRows(store, paused);
  const flowing = slides && atTop && !paused;

  const mark = useCallback((keys: readonly string[]) => {
    if (keys.length > 0)
      setArrived((before) => new Set(before.size < mostWaiting ? [...before, ...keys] : keys));
  }, []);

  function slideIn(rows: readonly Row[]) {
    store.prepend(rows);
    mark(rows.map(keyOf));
  }

  function keep(rows: readonly Row[]) {
    const full = kept.current.size > mostWaiting;
    if (!full) for (const row of rows) kept.current.set(keyOf(row), row);
    // Beyond what is kept they are only counted: they are fetched when they are wanted.
    setWaiting((count) => (full ? count + rows.length : kept.current.size));
  }

  /** @returns rows that belong on top */
  function takeIn(rows: readonly Row[]): Row[] {
    const { above, within } = store.receive(rows);
    mark(late.note(within));
    return above;
  }

  const onRows = useEffectEvent((rows: readonly Row[], left: readonly Row[]) => {
    setReceived((count) => count + rows.length + left.length);
    const strange = new Set(store.renew(left).map(keyOf));
    const gone = left.map(keyOf).filter((key) => !strange.has(key));
    leaving.update(rows.map(keyOf), gone);
    for (const key of left.map(keyOf)) {
      late.drop(key);
      if (kept.current.delete(key)) setWaiting(kept.current.size);
    }
    const fresh = store.renew(rows);
    if (paused) {
      if (fresh.length > 0) keep(fresh);
      return;
    }
    const above = takeIn(fresh);
    if (above.length === 0) return;
    if (flowing) slideIn(above);
    else keep(above);
  });

  const begin = useEffectEvent(() => {
    kept.current.clear();
    setWaiting(0);
    late.forget();
    leaving.forget();
    mark(wanted.current);
    wanted.current = [];
  });

  // A list is followed from its beginning on; other filters first make another list.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    begin();
    const live = new LiveStream(slug, new URLSearchParams(params), position, onRows, setStream);
    return () => live.close();
  }, [slug, generation]);

  /** Shows what has been waiting. */
  function show() {
    const rows = [...kept.current.values()];
    kept.current.clear();
    setWaiting(0);
    if (rows.length > mostWaiting) return reload();
    const above = takeIn(rows);
    if (above.length === 0) return;
    if (slides) slideIn(above);
    else reload();
  }

  const onRelease = useEffectEvent(() => {
    if (kept.current.size === 0 || kept.current.size > mostWaiting) return;
    if (flowing) return show();
    const rows = [...kept.current.values()];
    kept.current.clear();
    setWaiting(0);
    const above = takeIn(rows);
    if (above.length > 0) keep(above);
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: at the top what was kept flows in
  useEffect(() => {
    if (!paused) onRelease();
  }, [flowing, paused]);

  /** Brings the rows to sight that arrived out of it. */
  function showLate() {
    const place = late.place();
    late.forget();
    if (!place) return;
    if ("position" in place.where) {
      options.scrollTo(place.where.position);
      mark(place.keys);
    } else {
      wanted.current = place.keys;
      options.showSpan(place.where.span);
    }
  }

  /** Told which positions are on screen. */
  const onSee = useCallback((first: number, last: number) => mark(see(first, last)), [mark, see]);

  useEffect(() => {
    if (arrived.size === 0) return;
    const timer = setTimeout(() => setArrived(new Set()), arrivalShownMs);
    return () => clearTimeout(timer);
  }, [arrived]);

  return {
    stream,
    paused,
    setPaused,
    waiting,
    late: late.count,
    arrived,
    leaving: leaving.leaving,
    received,
    show,
    showLate,
    onSee,
  };
}
