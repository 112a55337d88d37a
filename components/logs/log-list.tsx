"use client";

import { type ReactNode, useCallback, useMemo, useRef } from "react";
import { ColumnsMenu } from "@/components/data-table/columns-menu.tsx";
import { DataTable } from "@/components/data-table/data-table.tsx";
import type { PageWindow } from "@/components/data-table/page-window.ts";
import { useAtTop } from "@/components/data-table/use-at-top.ts";
import { useCopy } from "@/components/ui/copy-button.tsx";
import { PlaceCredit } from "@/components/ui/place-credit.tsx";
import type { LogView } from "@/lib/logs/define.ts";
import { formatQuery, type LogQuery } from "@/lib/logs/query.ts";
import { dbIp } from "@/lib/places/names.ts";
import { cleared, filterParams, isFiltered, searchString, withOrder, withTime } from "./conditions.ts";
import { ExportMenu } from "./export-menu.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { Histogram } from "./histogram.tsx";
import { ListEnd } from "./list-end.tsx";
import { LiveButton, LiveNotice, NewRowsPills } from "./live-controls.tsx";
import type { Row } from "./log-api.ts";
import { logColumns } from "./log-columns.tsx";
import { RowDrawer } from "./row-drawer.tsx";
import { SavedViewsMenu } from "./saved-views-menu.tsx";
import { SearchStatus } from "./search-status.tsx";
import { useCellActions } from "./use-cell-actions.tsx";
import { useColumns } from "./use-columns.ts";
import { useLive } from "./use-live.ts";
import { type FirstPage, useLogList } from "./use-log-list.ts";
import type { ChangeQuery } from "./use-log-query.ts";
import { useOpenRow } from "./use-open-row.ts";

type LogListProps = {
  view: LogView;
  userId: string;
  query: LogQuery;
  change: ChangeQuery;
  first: FirstPage | undefined;
  /** Under which the arrangement of columns is kept; the log's own when absent. */
  settings?: string;
  /** What the drawer of a row shows besides the fields. */
  extra?: (row: Row) => ReactNode;
  /** How rows that match would get here, shown where nothing does. */
  hint?: ReactNode;
};

/** Filter bar, histogram, table and drawer around one list. */
export function LogList({
  view,
  userId,
  query,
  change,
  first,
  settings = view.slug,
  extra,
  hint,
}: LogListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const scrollTo = useRef<(position: number) => void>(null);
  const copy = useCopy();
  const { store, state, keyOf, reload } = useLogList(view, query, first);
  const atTop = useAtTop(scroller);
  const live = useLive({
    slug: view.slug,
    params: filterParams(query).toString(),
    position: state.position,
    generation: state.generation,
    store,
    keyOf,
    slides:
      query.order === "desc" &&
      query.after === undefined &&
      !("to" in query.time && query.time.to !== undefined),
    atTop,
    reload,
    scrollTo: (position) => scrollTo.current?.(position),
    showSpan: (span) => change(withTime(query, span)),
  });
  const columns = useColumns(view, `${userId}.${settings}`, query, change);
  const { openKey, held, open, close } = useOpenRow(state.window, query, change, keyOf, scroller);

  const turn = useCallback(
    () => change(withOrder(query, query.order === "desc" ? "asc" : "desc")),
    [change, query],
  );
  const { shown } = columns.layout;
  const definitions = useMemo(
    () => logColumns(view, { order: query.order, onOrder: turn, shown }),
    [view, query.order, turn, shown],
  );

  const { filterBy, renderActions, onCellKey } = useCellActions(view, query, change, shown);
  const { onSee: seeArrivals } = live;
  const onSee = useCallback(
    (from: number, to: number) => {
      store.see(from, to);
      seeArrivals(from, to);
    },
    [store, seeArrivals],
  );
  const clear = () => change(cleared(query));

  return (
    <>
      <FilterBar view={view} query={query} change={change}>
        <LiveButton stream={live.stream} paused={live.paused} onPause={live.setPaused} />
        <ColumnsMenu
          {...columns}
          onCopyLink={() =>
            copy(
              `${window.location.origin}${window.location.pathname}${searchString(formatQuery({ ...query, columns: [...shown] }))}`,
            )
          }
        />
        {query.within === undefined && <SavedViewsMenu view={view} query={query} change={change} />}
        <ExportMenu slug={view.slug} query={query} />
      </FilterBar>
      <Histogram view={view} query={query} change={change} received={live.received} />
      <LiveNotice stream={live.stream} />
      <div className="relative flex min-h-0 flex-1 flex-col">
        <NewRowsPills
          waiting={live.waiting}
          onShow={() => {
            scroller.current?.scrollTo({ top: 0 });
            live.show();
          }}
          late={live.late}
          onShowLate={live.showLate}
          newestFirst={query.order === "desc"}
        />
        <DataTable
          label={view.title}
          columns={definitions}
          layout={columns.layout}
          onLayout={columns.onLayout}
          state={state}
          keyOf={keyOf}
          sorted={{ column: "time", direction: query.order === "desc" ? "descending" : "ascending" }}
          onSee={onSee}
          openKey={openKey}
          onOpen={open}
          arrived={live.arrived}
          leaving={live.leaving}
          scrollTo={scrollTo}
          renderActions={renderActions}
          onCellKey={onCellKey}
          scroller={scroller}
        >
          <ListEnd
            view={view}
            state={state}
            filtered={isFiltered(query)}
            hint={hint}
            onClear={clear}
            onRetry={store.retry}
            onGoOn={store.loadMore}
          />
        </DataTable>
        {showsPlacesOfDbIp(state.window) && (
          <p className="border-t border-line px-3 py-0.5 text-right">
            <PlaceCredit />
          </p>
        )}
        <SearchStatus state={state} onCancel={store.cancel} />
      </div>
      <RowDrawer
        view={view}
        rowKey={query.row}
        held={held}
        onClose={close}
        onFilter={filterBy}
        extra={extra}
        onAround={(from, to) =>
          change({
            ...withTime(cleared(query), { from, to }),
            ...(query.row !== undefined && { row: query.row }),
          })
        }
      />
    </>
  );
}

function showsPlacesOfDbIp({ pages }: PageWindow<Row>): boolean {
  return pages.some(({ rows }) => rows?.some(({ placeSource }) => String(placeSource).startsWith(dbIp)));
}
