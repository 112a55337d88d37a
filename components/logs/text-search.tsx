"use client";

import { Search } from "lucide-react";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { Input } from "@/components/ui/input.tsx";
import { Kbd } from "@/components/ui/kbd.tsx";
import { useKeys } from "@/components/ui/use-keys.ts";
import type { LogView } from "@/lib/logs/define.ts";
import { type LogQuery, maxValueLength } from "@/lib/logs/query.ts";
import { searchText, textFilter, withSearchText } from "./conditions.ts";
import type { ChangeQuery } from "./use-log-query.ts";

const pauseMs = 350;

/** Free text. It is searched for when typing pauses; one visit of the field is one entry of the history. */
export function TextSearch({ view, query, change }: { view: LogView; query: LogQuery; change: ChangeQuery }) {
  const field = useRef<HTMLInputElement>(null);
  const asked = searchText(view, query);
  const [text, setText] = useState(asked);
  const pushed = useRef(false);
  const label = view.filters[textFilter(view) ?? ""]?.label ?? "Text";
  useKeys({ "/": () => field.current?.select() });

  // The address may change by other means: a cleared filter, a saved view, the way back.
  useEffect(() => {
    if (document.activeElement !== field.current) setText(asked);
  }, [asked]);

  function ask() {
    if (text.trim() === asked) return;
    change(withSearchText(view, query, text), pushed.current ? "replace" : "push");
    pushed.current = true;
  }

  const onPause = useEffectEvent(ask);
  useEffect(() => {
    if (text.trim() === asked || document.activeElement !== field.current) return;
    const timer = setTimeout(onPause, pauseMs);
    return () => clearTimeout(timer);
  }, [text, asked]);

  return (
    <span className="relative w-56 max-sm:w-full">
      <Search aria-hidden className="pointer-events-none absolute top-1.5 left-2 size-4 text-ink-3" />
      <Input
        ref={field}
        type="search"
        aria-label={`Search: ${label}`}
        aria-keyshortcuts="/"
        placeholder={label}
        maxLength={maxValueLength}
        value={text}
        className="h-7! pr-7 pl-8 [&::-webkit-search-cancel-button]:hidden"
        onChange={(event) => setText(event.target.value)}
        onFocus={() => {
          pushed.current = false;
        }}
        onBlur={ask}
        onKeyDown={(event) => {
          if (event.key === "Enter") ask();
          if (event.key === "Escape") event.currentTarget.blur();
        }}
      />
      {text === "" && (
        <span aria-hidden className="pointer-events-none absolute top-1 right-1.5">
          <Kbd keys="/" />
        </span>
      )}
    </span>
  );
}
