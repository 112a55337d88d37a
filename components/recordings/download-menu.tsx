"use client";

import { Download } from "lucide-react";
import { useState } from "react";
import { FinishedExport, RunningExport } from "@/components/logs/export-progress.tsx";
import { formatCount } from "@/components/logs/format-values.ts";
import { callApi } from "@/components/logs/log-api.ts";
import { useExport } from "@/components/logs/use-export.ts";
import { faultText } from "@/components/sources/source-api.ts";
import { Button } from "@/components/ui/button.tsx";
import { Popover } from "@/components/ui/popover.tsx";
import { type ArchiveFile, archiveFiles, archiveLimits } from "@/lib/recordings/archive.ts";
import { type RecordingsQuery, recordingsBounds } from "@/lib/recordings/recordings-query.ts";

const names: { [file in ArchiveFile]: string } = {
  cast: "asciicast, for any player",
  text: "Text with times",
};

type DownloadProps = { query: RecordingsQuery; selected: readonly string[] };

/** Downloads the selected recordings, or all that the filters match, as one zip; and follows it to its end. */
export function DownloadMenu({ query, selected }: DownloadProps) {
  const { running, state, error, start, cancel } = useExport("/recordings/archive");
  const active =
    running !== undefined && (state === undefined || state.state === "running") && error === undefined;
  const [fault, setFault] = useState<string>();

  /** A download cannot say why it was refused: that is asked before. */
  async function download(file: ArchiveFile) {
    const params = paramsOf(query, selected, file);
    setFault(undefined);
    try {
      await callApi(`/recordings/archive?${params}&count=true`);
      start(params);
    } catch (failure) {
      setFault(faultText(failure));
    }
  }

  return (
    <Popover
      align="end"
      panelLabel="Download recordings"
      label={selected.length > 0 ? `Download ${selected.length} selected` : "Download all"}
      trigger={
        <>
          <Download aria-hidden className="size-4" />
          <span className="tabular">
            {active
              ? formatCount(state?.rows ?? 0)
              : selected.length > 0
                ? `Download ${formatCount(selected.length)} selected`
                : "Download all"}
          </span>
        </>
      }
    >
      {() => (
        <div className="flex w-80 max-w-full flex-col gap-2 p-3">
          <p className="text-ink-2">
            {selected.length > 0
              ? "The selected recordings"
              : `Every recording that the filters match, at most ${formatCount(archiveLimits.recordings)}`}
            , as one zip with a manifest of their SHA-256. Each download is written down.
          </p>
          {archiveFiles.map((file, at) => (
            <Button
              key={file}
              disabled={active}
              className="justify-start!"
              onClick={() => download(file)}
              {...(at === 0 && { "data-autofocus": true })}
            >
              {names[file]}
            </Button>
          ))}
          {active && <RunningExport state={state} things="recordings" onCancel={cancel} />}
          {!active && state && <FinishedExport state={state} things="recordings" />}
          <p role="alert" className="text-failure empty:hidden">
            {fault ?? error}
          </p>
        </div>
      )}
    </Popover>
  );
}

function paramsOf(query: RecordingsQuery, selected: readonly string[], file: ArchiveFile): URLSearchParams {
  const params = new URLSearchParams({ file });
  for (const id of selected) params.append("id", id);
  if (selected.length > 0) return params;
  // What is left are filters of one text each, under the names of the API.
  const { match: _people, q: _words, after: _place, last, from, to, denied, live, ...filters } = query;
  for (const [name, value] of Object.entries<string>(filters)) if (value !== "") params.set(name, value);
  if (denied) params.set("denied", "true");
  if (live) params.set("live", "true");
  for (const [name, time] of Object.entries(recordingsBounds({ last, from, to }, Date.now())))
    params.set(name, time);
  return params;
}
