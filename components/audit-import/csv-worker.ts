/// <reference lib="webworker" />
import Papa from "papaparse";
import type { ColumnMap } from "@/lib/audit-import/columns.ts";
import type { RowFault } from "@/lib/audit-import/outcome.ts";
import { findRepeated, type Reading, readHeader } from "@/lib/audit-import/repeated.ts";
import { guardFormula } from "@/lib/logs/formula-guard.ts";

/** What the page asks of its worker; each has one answer, readings may come before it. */
export type WorkerTask =
  | { task: "header"; file: File }
  | { task: "read"; file: File; columns: ColumnMap }
  | { task: "faults"; faults: readonly RowFault[] };

export type WorkerAnswer =
  | { progress: Reading }
  | { header: string[] }
  | { read: Reading & { faults: RowFault[] } }
  | { csv: string }
  | { error: string };

const send = (answer: WorkerAnswer): void => self.postMessage(answer);

async function* piecesOf(file: File): AsyncGenerator<Uint8Array> {
  const reader = file.stream().getReader();
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) yield piece.value;
  } finally {
    await reader.cancel();
  }
}

async function answerTo(task: WorkerTask): Promise<WorkerAnswer> {
  if (task.task === "header") return { header: await readHeader(piecesOf(task.file)) };
  if (task.task === "read") {
    const progress = (reading: Reading): void => send({ progress: reading });
    return { read: await findRepeated(piecesOf(task.file), task.columns, progress) };
  }
  const rows = task.faults.map(({ line, column, reason }) => [line, column, guardFormula(reason)]);
  return { csv: Papa.unparse({ fields: ["Line", "Column", "Reason"], data: rows }, { quotes: true }) };
}

// Papaparse has set a handler of its own, for workers that it starts itself.
self.onmessage = ({ data }: MessageEvent<WorkerTask>) => {
  answerTo(data).then(send, (error: unknown) => {
    const line = error instanceof Error && "line" in error ? `Line ${String(error.line)}: ` : "";
    send({ error: `${line}${error instanceof Error ? error.message : String(error)}` });
  });
};
