"use client";

import { useEffect, useState } from "react";

export type OfferedValue = { value: string; count?: number };
export type LoadValues = (match: string, signal: AbortSignal) => Promise<OfferedValue[]>;

const pauseMs = 120;

/** The values to choose from: those chosen already come first, so that they can be taken back. */
export function useOfferedValues(
  offer: readonly string[] | LoadValues,
  text: string,
  chosen: readonly string[],
) {
  const [loaded, setLoaded] = useState<OfferedValue[]>([]);
  const [loading, setLoading] = useState(typeof offer === "function");
  const [error, setError] = useState<string>();

  useEffect(() => {
    if (typeof offer !== "function") return;
    const abort = new AbortController();
    setLoading(true);
    const timer = setTimeout(async () => {
      try {
        const values = await offer(text.trim(), abort.signal);
        if (abort.signal.aborted) return;
        setLoaded(values);
        setError(undefined);
      } catch (failure) {
        if (abort.signal.aborted) return;
        setError(failure instanceof Error ? failure.message : String(failure));
      }
      setLoading(false);
    }, pauseMs);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [offer, text]);

  const all: OfferedValue[] = typeof offer === "function" ? loaded : offer.map((value) => ({ value }));
  const match = text.trim().toLowerCase();
  const fitting = all.filter(({ value }) => value.toLowerCase().includes(match));
  const missing = match === "" ? chosen.filter((value) => !fitting.some((each) => each.value === value)) : [];
  return { offered: [...missing.map((value) => ({ value })), ...fitting], loading, error };
}
