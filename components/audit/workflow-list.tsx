"use client";

import { RefreshCw } from "lucide-react";
import { useCallback, useMemo, useRef, useState } from "react";
import type { ColumnLayout } from "@/components/data-table/column-layout.ts";
import { DataTable } from "@/components/data-table/data-table.tsx";
import { cleared, isFiltered, withOrder } from "@/components/logs/conditions.ts";
import { FilterBar } from "@/components/logs/filter-bar.tsx";
import { ListEnd } from "@/components/logs/list-end.tsx";
import { SearchStatus } from "@/components/logs/search-status.tsx";
import type { ChangeQuery } from "@/components/logs/use-log-query.ts";
import { Button } from "@/components/ui/button.tsx";
import type { LogQuery } from "@/lib/logs/query.ts";
import { auditLog } from "@/lib/logs/views/audit-log.ts";
import { CategoryHint } from "./category-hint.tsx";
import { keyOfWorkflow, useWorkflows } from "./use-workflows.ts";
import { workflowColumnIds, workflowColumns } from "./workflow-columns.tsx";

type WorkflowListProps = {
  query: LogQuery;
  change: ChangeQuery;
  /** The workflow whose timeline is open. */
  openId: string | undefined;
  onOpen: (workflowId: string) => void;
};

const nothing: ReadonlySet<string> = new Set();

/** The audit log with each workflow as one entry. It holds still: what is new comes with Refresh. */
export function WorkflowList({ query, change, openId, onOpen }: WorkflowListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const scrollTo = useRef<(position: number) => void>(null);
  const { store, state, reload } = useWorkflows(query);
  const [layout, setLayout] = useState<ColumnLayout>({ shown: workflowColumnIds, sizes: {} });
  const turn = useCallback(
    () => change(withOrder(query, query.order === "desc" ? "asc" : "desc")),
    [change, query],
  );
  const columns = useMemo(() => workflowColumns(query.order, turn), [query.order, turn]);
  const onSee = useCallback((from: number, to: number) => store.see(from, to), [store]);
  return (
    <>
      <FilterBar view={auditLog} query={query} change={change}>
        <Button look="quiet" className="h-7!" onClick={reload}>
          <RefreshCw aria-hidden className="size-3.5" />
          Refresh
        </Button>
      </FilterBar>
      <div className="relative flex min-h-0 flex-1 flex-col">
        <DataTable
          label="Workflows"
          columns={columns}
          layout={layout}
          onLayout={setLayout}
          state={state}
          keyOf={keyOfWorkflow}
          sorted={{ column: "started", direction: query.order === "desc" ? "descending" : "ascending" }}
          onSee={onSee}
          openKey={openId}
          onOpen={({ workflowId }) => onOpen(workflowId)}
          arrived={nothing}
          leaving={nothing}
          scrollTo={scrollTo}
          renderActions={() => null}
          onCellKey={() => false}
          scroller={scroller}
        >
          <ListEnd
            view={auditLog}
            things="workflows"
            state={state}
            filtered={isFiltered(query)}
            hint={<CategoryHint query={query} />}
            onClear={() => change(cleared(query))}
            onRetry={store.retry}
            onGoOn={store.loadMore}
          />
        </DataTable>
        <SearchStatus state={state} onCancel={store.cancel} />
      </div>
    </>
  );
}
