import { ApiError } from "@/components/logs/log-api.ts";
import { type ColumnMap, formatColumns } from "@/lib/audit-import/columns.ts";
import type { ImportOutcome } from "@/lib/audit-import/outcome.ts";

type Options = {
  columns: ColumnMap;
  check: boolean;
  signal: AbortSignal;
  /** Called with the bytes that are sent: the server takes no more than it works on. */
  onProgress: (bytes: number) => void;
};

/**
 * Sends a file to be checked or imported. Not by fetch, which does not tell how much is sent.
 * @throws ApiError for every answer but a 200, and when none came; AbortError when it was called off
 */
export function sendFile(
  file: File,
  { columns, check, signal, onProgress }: Options,
): Promise<ImportOutcome> {
  const query = new URLSearchParams({
    file: file.name,
    columns: formatColumns(columns),
    check: String(check),
  });
  const request = new XMLHttpRequest();
  return new Promise<ImportOutcome>((resolve, reject) => {
    request.open("POST", `/api/v1/audit-log/import?${query}`);
    request.setRequestHeader("content-type", "text/csv");
    request.upload.onprogress = ({ loaded }) => onProgress(loaded);
    request.onload = () => {
      if (request.status === 200) resolve(JSON.parse(request.responseText) as ImportOutcome);
      else reject(problemOf(request));
    };
    request.onerror = () => reject(new ApiError("The server cannot be reached.", 0));
    request.onabort = () => reject(new DOMException("Called off", "AbortError"));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}

function problemOf(request: XMLHttpRequest): ApiError {
  const isProblem = request.getResponseHeader("content-type")?.includes("json") ?? false;
  const { detail, requestId } = isProblem
    ? (JSON.parse(request.responseText) as { detail?: string; requestId?: string })
    : {};
  return new ApiError(detail ?? `The server answered ${request.status}.`, request.status, requestId);
}
