import { Button } from "@/components/ui/button.tsx";
import { CopyButton } from "@/components/ui/copy-button.tsx";
import { ApiError } from "./log-api.ts";

type ErrorNoticeProps = { error: Error; what: string; onRetry: () => void };

/** What failed, why, the request's id, and a way to try again. */
export function ErrorNotice({ error, what, onRetry }: ErrorNoticeProps) {
  const requestId = error instanceof ApiError ? error.requestId : undefined;
  const signedOut = error instanceof ApiError && error.status === 401;
  return (
    <div
      role="alert"
      className="m-3 flex flex-wrap items-center gap-x-4 gap-y-2 rounded-md border border-failure/40 bg-failure-soft px-3 py-2"
    >
      <div className="min-w-0 flex-1">
        <p className="font-medium text-failure">{what}</p>
        <p className="wrap-anywhere text-ink">{error.message}</p>
        {requestId !== undefined && (
          <p className="flex items-center gap-1 text-xs text-ink-2">
            Request <code className="font-mono">{requestId}</code>
            <CopyButton text={requestId} label="Copy the request id" />
          </p>
        )}
      </div>
      {signedOut ? (
        <Button onClick={() => window.location.reload()}>Sign in again</Button>
      ) : (
        <Button onClick={onRetry}>Try again</Button>
      )}
    </div>
  );
}
