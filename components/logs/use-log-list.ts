"use client";

import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { ListSource } from "@/components/data-table/list-source.ts";
import { PageStore } from "@/components/data-table/page-store.ts";
import type { LogView } from "@/lib/logs/define.ts";
import type { LogQuery } from "@/lib/logs/query.ts";
import { listParams } from "./conditions.ts";
import { fetchPage, type Page, type Row } from "./log-api.ts";

/** The first page as the server rendered it, and the question that it answers. */
export type FirstPage = { params: string; page: Page };

/** The key and the cursor of a row are the same text. */
export function cursorOf(row: Row): string {
  return `${row.time}~${row.id}`;
}

function sourceOf(slug: string, query: LogQuery, first: Page | undefined): ListSource<Row> {
  const params = listParams(query);
  return {
    fetchPage: (place) => fetchPage(slug, params, place),
    newestFirst: query.order === "desc",
    first,
  };
}

/** The list that the query asks for. Rows that come again in a later stage are known by `keyOf`. */
export function useLogList(view: LogView, query: LogQuery, first: FirstPage | undefined) {
  const params = listParams(query).toString();
  const [keyOf] = useState(() => {
    const by = view.stages?.by ?? "id";
    return (row: Row) => String(row[by] ?? row.id);
  });
  const [store] = useState(
    () => new PageStore<Row>(sourceOf(view.slug, query, first?.page), { cursorOf, keyOf }),
  );
  const state = useSyncExternalStore(store.subscribe, store.getState, store.getState);
  const listed = useRef(first ? params : undefined);
  const usedFirst = useRef(first);

  useEffect(() => {
    // Going back in the history must not bring back the rows of back then: a first page serves once.
    const fresh = usedFirst.current !== first && first?.params === params ? first.page : undefined;
    usedFirst.current = first;
    if (listed.current === params && !fresh) return;
    listed.current = params;
    store.restart(sourceOf(view.slug, query, fresh));
  }, [store, view, query, first, params]);
  useEffect(() => () => store.callOff(), [store]);

  function reload() {
    store.restart(sourceOf(view.slug, query, undefined));
  }
  return { store, state, keyOf, reload };
}
