"use client";

import { Download as DownloadIcon } from "lucide-react";
import { type FormEvent, useId, useRef, useState } from "react";
import { FinishedExport, RunningExport } from "@/components/logs/export-progress.tsx";
import { useExport } from "@/components/logs/use-export.ts";
import type { ChangeQuery } from "@/components/logs/use-log-query.ts";
import { Button } from "@/components/ui/button.tsx";
import { DateField } from "@/components/ui/date-field.tsx";
import { auditCategories } from "@/lib/audit/catalog.ts";
import {
  type Download,
  type DownloadFaults,
  downloadFaults,
  downloadName,
  downloadOf,
  listsDownload,
  parseDay,
  queryOfDownload,
} from "@/lib/audit/download.ts";
import type { LogQuery } from "@/lib/logs/query.ts";
import { CategoryField } from "./category-field.tsx";
import { DownloadSize } from "./download-size.tsx";

type DownloadFormProps = {
  /** What the log below lists: the form has the category and the days of it. */
  query: LogQuery;
  change: ChangeQuery;
  /** In UTC. */
  today: string;
};

/** Category and days of one CSV file. What is chosen is what the log below lists, and stands in the address. */
export function DownloadForm({ query, change, today }: DownloadFormProps) {
  const listed = downloadOf(query);
  const base = JSON.stringify(listed);
  const [edits, setEdits] = useState<Partial<Download>>({});
  /** What the log listed when this was drawn last, and what the form has asked it for. */
  const [seen, setSeen] = useState({ base, asked: base });
  const [tried, setTried] = useState(false);
  /** The file that was asked for last; the fields may have gone on since. */
  const [fileName, setFileName] = useState<string>();
  const { running, state, error, start, cancel } = useExport("/logs/audit-log/export");
  const active = running !== undefined && (state === undefined || state.state === "running") && !error;
  const fields = {
    category: useRef<HTMLSelectElement>(null),
    from: useRef<HTMLInputElement>(null),
    to: useRef<HTMLInputElement>(null),
  };
  const heading = useId();

  // What was typed holds until something else than the form changes what is listed: answers to the form come while
  // the next field is typed in.
  if (seen.base !== base) {
    setSeen({ ...seen, base });
    if (base !== seen.asked) setEdits({});
  }
  const draft: Download = { category: "", from: today, to: today, ...listed, ...edits };
  const trimmed = inDays(draft);
  const faults = downloadFaults(draft);
  const filled = Object.keys(faults).length === 0;
  // Not as soon as a field is left: a fault that appears would move the button from under the pointer.
  const shown: DownloadFaults = tried ? faults : {};

  function edit(values: Partial<Download>): Download {
    setEdits({ ...edits, ...values });
    return { ...draft, ...values };
  }

  function ask(next: LogQuery): void {
    setSeen({ base, asked: JSON.stringify(downloadOf(next)) });
    change(next);
  }

  /** Lists what is chosen, once it can be. */
  function list(next: Download): void {
    if (Object.keys(downloadFaults(next)).length > 0) return;
    const wanted = inDays(next);
    const { category, from, to } = listed;
    if (category === wanted.category && from === wanted.from && to === wanted.to) return;
    ask(queryOfDownload(query, wanted));
  }

  function onSubmit(event: FormEvent): void {
    event.preventDefault();
    setTried(true);
    for (const name of ["category", "from", "to"] as const) {
      if (faults[name] === undefined) continue;
      fields[name].current?.focus();
      return;
    }
    list(draft);
    setFileName(downloadName(queryOfDownload({ ...query, conditions: [] }, trimmed)));
    // Oldest first, so that the steps of a workflow stand in their order.
    start(new URLSearchParams({ format: "csv", order: "asc", ...trimmed }));
  }

  const dateField = (name: "from" | "to", label: string) => (
    <DateField
      label={label}
      value={draft[name]}
      day={parseDay(draft[name])}
      today={today}
      fault={shown[name]}
      inputRef={fields[name]}
      onType={(text) => edit({ [name]: text })}
      onCommit={(text) => list(edit({ [name]: parseDay(text) ?? text }))}
    />
  );

  return (
    <section aria-labelledby={heading} className="border-b border-line px-3 pt-1 pb-3">
      <h2 id={heading} className="sr-only">
        Download
      </h2>
      <form
        noValidate
        onSubmit={onSubmit}
        className="flex flex-col gap-3 sm:flex-row sm:flex-wrap sm:items-start"
      >
        <CategoryField
          value={draft.category}
          known={auditCategories}
          fault={shown.category}
          selectRef={fields.category}
          onChoose={(category) => list(edit({ category }))}
        />
        <div className="grid grid-cols-2 gap-3 max-sm:[&>*]:min-w-0 sm:flex">
          {dateField("from", "From Date")}
          {dateField("to", "To Date")}
        </div>
        <Button type="submit" look="primary" disabled={active} className="sm:mt-5">
          <DownloadIcon aria-hidden className="size-4" />
          Download CSV File
        </Button>
        <div className="flex min-w-0 flex-col gap-2 text-xs text-ink-2 sm:mt-5 sm:min-h-8 sm:flex-1 sm:basis-64 sm:justify-center [&>[role=status]]:border-0 [&>[role=status]]:pt-0">
          {(active || state) && fileName !== undefined && (
            <p className="truncate font-medium text-ink">{fileName}.csv</p>
          )}
          {active && <RunningExport state={state} things="rows" onCancel={cancel} />}
          {!active && state && <FinishedExport state={state} things="rows" />}
          {error !== undefined && (
            <p role="alert" className="text-failure">
              {error} A file that was begun is not complete.
            </p>
          )}
          <DownloadSize
            download={filled ? trimmed : undefined}
            round={state?.state === "complete" ? 1 : 0}
            listed={filled && listsDownload(query, trimmed)}
            onList={() => ask(queryOfDownload({ ...query, conditions: [] }, trimmed))}
          />
        </div>
      </form>
    </section>
  );
}

/** The days as Daybook writes them, where they are some. */
function inDays({ category, from, to }: Download): Download {
  return { category, from: parseDay(from) ?? from.trim(), to: parseDay(to) ?? to.trim() };
}
