"use client";

import { Download } from "lucide-react";
import { Button } from "@/components/ui/button.tsx";
import { Popover } from "@/components/ui/popover.tsx";
import type { LogQuery } from "@/lib/logs/query.ts";
import { filterParams, isFiltered } from "./conditions.ts";
import { FinishedExport, RunningExport } from "./export-progress.tsx";
import { formatCount } from "./format-values.ts";
import { type ExportFormat, exportFormats, useExport } from "./use-export.ts";

const hints: { [format in ExportFormat]: string } = {
  csv: "for spreadsheets; formulas are escaped",
  json: "one array",
  ndjson: "one row a line",
};

/** Downloads all that the filters match, and follows the download to its end. */
export function ExportMenu({ slug, query }: { slug: string; query: LogQuery }) {
  const { running, state, error, start, cancel } = useExport(`/logs/${slug}/export`);
  const active =
    running !== undefined && (state === undefined || state.state === "running") && error === undefined;
  return (
    <Popover
      look="quiet"
      align="end"
      className="h-7!"
      panelLabel="Export"
      label="Export"
      trigger={
        <>
          <Download aria-hidden className="size-4" />
          {active && <span className="tabular text-xs">{formatCount(state?.rows ?? 0)}</span>}
        </>
      }
    >
      {() => (
        <div className="flex w-80 max-w-full flex-col gap-2 p-3">
          <p className="text-ink-2">
            {isFiltered(query) ? "Every row that the filters match" : "Every row of this log"}, not only those
            on screen.
          </p>
          {exportFormats.map((format, at) => (
            <Button
              key={format}
              disabled={active}
              className="h-auto! justify-start! py-1.5 text-left whitespace-normal!"
              onClick={() => {
                const params = filterParams(query);
                params.set("format", format);
                start(params);
              }}
              {...(at === 0 && { "data-autofocus": true })}
            >
              {format.toUpperCase()} <span className="font-normal text-ink-3">{hints[format]}</span>
            </Button>
          ))}
          {active && <RunningExport state={state} things="rows" onCancel={cancel} />}
          {!active && state && <FinishedExport state={state} things="rows" />}
          {error !== undefined && <p className="text-failure">{error}</p>}
        </div>
      )}
    </Popover>
  );
}
