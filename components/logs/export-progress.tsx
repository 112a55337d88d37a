import { Button } from "@/components/ui/button.tsx";
import { CopyButton } from "@/components/ui/copy-button.tsx";
import { Progress } from "@/components/ui/progress.tsx";
import { formatBytes, formatCount } from "./format-values.ts";
import type { ExportState } from "./log-api.ts";

/** What an export counts. */
type Things = "rows" | "recordings";

type RunningProps = { state: ExportState | undefined; things: Things; onCancel: () => void };

/** How far an export is, and the way to cancel it. */
export function RunningExport({ state, things, onCancel }: RunningProps) {
  return (
    <div role="status" className="flex flex-col gap-2 border-t border-line pt-2">
      <div className="flex items-center justify-between gap-2">
        <span className="tabular">
          {state ? `${progressWords(state, things)}, ${formatBytes(state.bytes)}` : "Starting"}
        </span>
        <Button size="sm" onClick={onCancel}>
          Cancel
        </Button>
      </div>
      <Progress label="Exporting" {...(state?.total && { value: (state.rows ?? 0) / state.total })} />
    </div>
  );
}

function progressWords(state: ExportState, things: Things): string {
  const { rows, total } = state;
  if (total === null) return words(state, things);
  return `${formatCount(rows ?? 0)} of ${formatCount(total)} ${total === 1 ? things.slice(0, -1) : things}`;
}

function words({ rows }: ExportState, things: Things): string {
  if (rows === null) return "Exporting";
  return `${formatCount(rows)} ${rows === 1 ? things.slice(0, -1) : things}`;
}

/** How an export ended, and the SHA-256 of what was downloaded. */
export function FinishedExport({ state, things }: { state: ExportState; things: Things }) {
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
        {words(state, things)}, {formatBytes(state.bytes)}, complete
      </span>
      <span className="flex items-center gap-1 text-xs text-ink-2">
        SHA-256
        <code className="min-w-0 flex-1 truncate font-mono">{state.sha256}</code>
        <CopyButton text={state.sha256 ?? ""} label="Copy the SHA-256" />
      </span>
    </div>
  );
}
