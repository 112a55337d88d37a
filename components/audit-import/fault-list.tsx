import { Download } from "lucide-react";
import { formatCount } from "@/components/logs/format-values.ts";
import { Button } from "@/components/ui/button.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import { importLimits } from "@/lib/audit-import/limits.ts";
import type { RowFault } from "@/lib/audit-import/outcome.ts";
import { askWorker } from "./csv-work.ts";

async function download(faults: readonly RowFault[], name: string): Promise<void> {
  const answer = await askWorker({ task: "faults", faults });
  if (!("csv" in answer)) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([answer.csv], { type: "text/csv" }));
  link.download = `${name.replace(/\.csv$/i, "")}-faults.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** What is wrong with a file: the first faults, and all of them to download. */
export function FaultList({
  faults,
  fileName,
  complete,
}: {
  faults: readonly RowFault[];
  fileName: string;
  complete: boolean;
}) {
  const shown = faults.slice(0, importLimits.shown);
  return (
    <section aria-label="Faults" className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="text-ink-2">
          {shown.length < faults.length
            ? `The first ${formatCount(shown.length)} of ${formatCount(faults.length)} faults.`
            : `${formatCount(faults.length)} ${faults.length === 1 ? "fault" : "faults"}.`}
          {!complete && " There are too many: the rest of the file was not looked at."}
        </p>
        <Button onClick={() => void download(faults, fileName)}>
          <Download aria-hidden className="size-3.5" />
          Download all faults
        </Button>
      </div>
      <div className="rounded-md border border-line">
        <table className="w-full text-sm">
          <thead className="text-left text-xs text-ink-2">
            <tr>
              <th scope="col" className="px-3 py-1.5 text-right font-medium">
                Line
              </th>
              <th scope="col" className="px-3 py-1.5 font-medium">
                Column
              </th>
              <th scope="col" className="px-3 py-1.5 font-medium">
                Reason
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ line, column, reason }) => (
              <tr key={`${line} ${column} ${reason}`} className="border-t border-line align-top">
                <td className="px-3 py-1.5 text-right tabular-nums">{formatCount(line)}</td>
                <td className="px-3 py-1.5">{column}</td>
                <td className="px-3 py-1.5 break-words">
                  <VisibleText text={reason} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
