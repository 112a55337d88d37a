import { useRef, useState } from "react";
import { ApiError } from "@/components/logs/log-api.ts";
import { type ColumnMap, suggestColumns } from "@/lib/audit-import/columns.ts";
import { importLimits } from "@/lib/audit-import/limits.ts";
import type { ImportOutcome } from "@/lib/audit-import/outcome.ts";
import { askWorker } from "./csv-work.ts";
import { sendFile } from "./send-file.ts";

/** A file with its header, and which of its columns is which. */
export type ChosenFile = { file: File; header: string[]; columns: ColumnMap };

export type Work = { doing: "reading" | "checking" | "importing"; bytes: number; rows?: number };

export type Fault = { message: string; requestId?: string };

/** The way of a file: chosen, read and checked, imported. What was checked counts until columns are changed. */
export function useImport() {
  const [chosen, setChosen] = useState<ChosenFile>();
  const [work, setWork] = useState<Work>();
  const [checked, setChecked] = useState<ImportOutcome>();
  const [imported, setImported] = useState<ImportOutcome>();
  const [fault, setFault] = useState<Fault>();
  const stop = useRef<AbortController>(undefined);

  async function attempt(step: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const controller = new AbortController();
    stop.current = controller;
    setFault(undefined);
    try {
      await step(controller.signal);
    } catch (error) {
      if (!controller.signal.aborted) setFault(faultOf(error));
    }
    setWork(undefined);
  }

  const choose = (file: File | undefined): Promise<void> =>
    attempt(async () => {
      setChosen(undefined);
      setChecked(undefined);
      setImported(undefined);
      if (!file) return;
      if (file.size > importLimits.file)
        throw new Error(`The file has ${file.size} bytes, and may have ${importLimits.file} at most.`);
      const answer = await askWorker({ task: "header", file });
      const header = "header" in answer ? answer.header : [];
      if (header.length === 0) throw new Error("The file is empty: it has no row of headers.");
      setChosen({ file, header, columns: suggestColumns(header) });
    });

  const setColumns = (columns: ColumnMap): void => {
    setChecked(undefined);
    setChosen((now) => now && { ...now, columns });
  };

  const check = ({ file, columns }: ChosenFile): Promise<void> =>
    attempt(async (signal) => {
      setChecked(undefined);
      setWork({ doing: "reading", bytes: 0, rows: 0 });
      const answer = await askWorker(
        { task: "read", file, columns },
        { signal, onProgress: (reading) => setWork({ doing: "reading", ...reading }) },
      );
      if (!("read" in answer)) throw new Error("The file could not be read.");
      const { rows, faults: repeated } = answer.read;
      setWork({ doing: "checking", bytes: 0, rows });
      const onProgress = (bytes: number): void => setWork({ doing: "checking", bytes, rows });
      const outcome = await sendFile(file, { columns, check: true, signal, onProgress });
      const lines = new Set(repeated.map(({ line }) => line));
      // The worker says which line has the Id already; the server sees it too where both are in one batch.
      const others = outcome.faults.filter(({ line, column }) => column !== "Id" || !lines.has(line));
      const faults = [...others, ...repeated].sort((a, b) => a.line - b.line);
      setChecked({ ...outcome, faults });
    });

  const run = ({ file, columns }: ChosenFile): Promise<void> =>
    attempt(async (signal) => {
      const rows = checked?.rows ?? 0;
      setWork({ doing: "importing", bytes: 0, rows });
      const onProgress = (bytes: number): void => setWork({ doing: "importing", bytes, rows });
      setImported(await sendFile(file, { columns, check: false, signal, onProgress }));
      setChecked(undefined);
    });

  return {
    chosen,
    work,
    checked,
    imported,
    fault,
    choose,
    setColumns,
    check,
    run,
    cancel: () => stop.current?.abort(),
  };
}

function faultOf(error: unknown): Fault {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof ApiError && error.requestId !== undefined
    ? { message, requestId: error.requestId }
    : { message };
}
