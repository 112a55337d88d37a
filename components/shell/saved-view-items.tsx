"use client";

import { Command } from "cmdk";
import { useEffect, useState } from "react";
import { fetchSavedViews, type SavedView } from "@/components/logs/log-api.ts";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import { type LogSlug, logView, logViews } from "@/lib/logs/views.ts";
import { logPath } from "./pages.ts";
import { groupClass, itemClass } from "./palette-classes.ts";

/** Saved views of all logs, by name. */
export function SavedViewItems({ onSelect }: { onSelect: (href: string) => void }) {
  const [views, setViews] = useState<SavedView[]>([]);
  const [error, setError] = useState<string>();
  useEffect(() => {
    const abort = new AbortController();
    fetchSavedViews(undefined, abort.signal)
      .then(setViews)
      .catch((failure: unknown) => {
        if (!abort.signal.aborted) setError(failure instanceof Error ? failure.message : String(failure));
      });
    return () => abort.abort();
  }, []);

  if (error !== undefined) return <p className="px-2 py-1 text-xs text-failure">Saved views: {error}</p>;
  if (views.length === 0) return null;
  return (
    <Command.Group heading="Saved views" className={groupClass}>
      {views.map(({ id, name, log, query }) => (
        <Command.Item
          key={id}
          value={`${name} ${id}`}
          onSelect={() => onSelect(`${logPath(log)}?${query}`)}
          className={itemClass}
        >
          <span className="flex-1 truncate">
            <VisibleText text={name} />
          </span>
          <span className="text-xs text-ink-3">{log in logViews ? logView(log as LogSlug).title : log}</span>
        </Command.Item>
      ))}
    </Command.Group>
  );
}
