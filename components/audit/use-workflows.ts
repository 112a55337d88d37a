"use client";

import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { ListSource } from "@/components/data-table/list-source.ts";
import { PageStore } from "@/components/data-table/page-store.ts";
import { listParams } from "@/components/logs/conditions.ts";
import type { WorkflowLine } from "@/lib/audit/workflow.ts";
import type { LogQuery } from "@/lib/logs/query.ts";
import { fetchWorkflows } from "./audit-api.ts";

const cursorOf = ({ time, id }: WorkflowLine): string => `${time}~${id}`;
export const keyOfWorkflow = ({ workflowId }: WorkflowLine): string => workflowId;

function sourceOf(query: LogQuery): ListSource<WorkflowLine> {
  const params = listParams(query);
  return {
    fetchPage: (place) => fetchWorkflows(params, place),
    newestFirst: query.order === "desc",
    first: undefined,
  };
}

/** The workflows that the query asks for, fetched as they are scrolled to. */
export function useWorkflows(query: LogQuery) {
  const params = listParams(query).toString();
  const [store] = useState(
    () => new PageStore<WorkflowLine>(sourceOf(query), { cursorOf, keyOf: keyOfWorkflow }),
  );
  const state = useSyncExternalStore(store.subscribe, store.getState, store.getState);
  const listed = useRef<string>(undefined);
  useEffect(() => {
    if (listed.current === params) return;
    listed.current = params;
    store.restart(sourceOf(query));
  }, [store, query, params]);
  // In Strict Mode this runs between two rounds of effects: the second one must list again.
  useEffect(
    () => () => {
      listed.current = undefined;
      store.callOff();
    },
    [store],
  );
  return { store, state, reload: () => store.restart(sourceOf(query)) };
}
