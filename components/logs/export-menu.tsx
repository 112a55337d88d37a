"use client";

import { Download } from "lucide-react";
import { Button } from "@/components/ui/button.tsx";
import { CopyButton } from "@/components/ui/copy-button.tsx";
import { Popover } from "@/components/ui/popover.tsx";
import { Progress } from "@/components/ui/progress.tsx";
import type { LogQuery } from "@/lib/logs/query.ts";
import { filterParams, isFiltered } from "./conditions.ts";
import { formatBytes, formatCount } from "./format-values.ts";
import type { ExportState } from "./log-api.ts";
import { type ExportFormat, exportFormats, useExport } from "./use-export.ts";

const hints: { [format in ExportFormat]: string } = {
  csv: "for spreadsheets; cells they would run are escaped",
  json: "one array",
  ndjson: "one row a line",
};

/** Downloads all that the filters match, and follows the download to its end. */
export function ExportMenu({ slug, query }: { slug: string; query: LogQuery }) {
  const { running, state, error, start, cancel } = useExport(slug);
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
              className="justify-start!"
              onClick={() => start(filterParams(query), format)}
              {...(at === 0 && { "data-autofocus": true })}
            >
              {format.toUpperCase()} <span className="truncate font-normal text-ink-3">{hints[format]}</span>
            </Button>
          ))}
          {active && <Running state={state} onCancel={cancel} />}
          {!active && state && <Finished state={state} />}
          {error !== undefined && <p className="text-failure">{error}</p>}
        </div>
      )}
    </Popover>
  );
}

function Running({ state, onCancel }: { state: ExportState | undefined; onCancel: () => void }) {
  return (
    <div role="status" className="flex flex-col gap-2 border-t border-line pt-2">
      <div className="flex items-center justify-between gap-2">
        <span className="tabular">
          {state ? `${rowsWords(state)}, ${formatBytes(state.bytes)}` : "Starting"}
        </span>
        <Button size="sm" onClick={onCancel}>
          Cancel
        </Button>
      </div>
      <Progress label="Exporting" />
    </div>
  );
}

function rowsWords({ rows }: ExportState): string {
  return rows === null ? "Exporting" : `${formatCount(rows)} rows`;
}

function Finished({ state }: { state: ExportState }) {
  if (state.state !== "complete") {
    return (
      <p role="status" className="border-t border-line pt-2 text-failure">
        {state.state === "cancelled"
          ? "Cancelled. The file is not complete."
          : `Failed: ${state.error ?? "no reason given"}. The file is not complete.`}
      </p>
    );
  }
  return (
    <div role="status" className="flex flex-col gap-1 border-t border-line pt-2">
      <span className="tabular">
        {rowsWords(state)}, {formatBytes(state.bytes)}, complete
      </span>
      <span className="flex items-center gap-1 text-xs text-ink-2">
        SHA-256
        <code className="min-w-0 flex-1 truncate font-mono">{state.sha256}</code>
        <CopyButton text={state.sha256 ?? ""} label="Copy the SHA-256" />
      </span>
    </div>
  );
}
