"use client";

import { useEffect, useEffectEvent, useRef, useState } from "react";
import type { PageStore } from "@/components/data-table/page-store.ts";
import { LiveStream, type StreamState } from "./live-stream.ts";
import type { Row } from "./log-api.ts";

/** Arrivals kept until the reader wants them; beyond, the list begins anew instead. */
const mostWaiting = 500;
const arrivalShownMs = 2000;

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
};

/** Follows a list. Rows slide in while the reader is at its top, and are counted while not, or while paused. */
export function useLive(options: LiveOptions) {
  const { slug, params, position, generation, store, keyOf, slides, atTop, reload } = options;
  const [stream, setStream] = useState<StreamState>({ status: "connecting" });
  const [paused, setPaused] = useState(false);
  const [waiting, setWaiting] = useState(0);
  const [arrived, setArrived] = useState<ReadonlySet<string>>(new Set());
  const [received, setReceived] = useState(0);
  const kept = useRef(new Map<string, Row>());
  const flowing = slides && atTop && !paused;

  function slideIn(rows: readonly Row[]) {
    store.prepend(rows);
    setArrived(new Set(rows.map(keyOf)));
  }

  const onRows = useEffectEvent((rows: readonly Row[]) => {
    const above = store.receive(rows);
    setReceived((count) => count + rows.length);
    if (above.length === 0) return;
    if (flowing) return slideIn(above);
    const full = kept.current.size > mostWaiting;
    if (!full) for (const row of above) kept.current.set(keyOf(row), row);
    // Beyond what is kept they are only counted: they are fetched when they are wanted.
    setWaiting((count) => (full ? count + above.length : kept.current.size));
  });

  // A list is followed from its beginning on; other filters first make another list.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    kept.current.clear();
    setWaiting(0);
    const live = new LiveStream(slug, new URLSearchParams(params), position, onRows, setStream);
    return () => live.close();
  }, [slug, generation]);

  /** Shows what has been waiting. */
  function show() {
    const rows = [...kept.current.values()];
    kept.current.clear();
    setWaiting(0);
    if (!slides || rows.length > mostWaiting) reload();
    else slideIn(rows);
  }

  const onFlow = useEffectEvent(() => {
    if (kept.current.size > 0) show();
  });
  useEffect(() => {
    if (flowing) onFlow();
  }, [flowing]);

  useEffect(() => {
    if (arrived.size === 0) return;
    const timer = setTimeout(() => setArrived(new Set()), arrivalShownMs);
    return () => clearTimeout(timer);
  }, [arrived]);

  return { stream, paused, setPaused, waiting, arrived, received, show };
}
