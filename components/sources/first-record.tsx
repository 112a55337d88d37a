import Link from "next/link";
import { formatCount } from "@/components/logs/format-values.ts";
import { Badge } from "@/components/ui/badge.tsx";
import type { SourceHealthLine } from "@/lib/ingest/source-line.ts";
import { firstLog } from "./kind-view.ts";

/** For a reader who sets a source up: whether anything has come, as it happens. */
export function FirstRecord({ source }: { source: SourceHealthLine }) {
  return (
    <div
      role="status"
      className="flex min-h-16 flex-wrap content-center sm:min-h-10 items-center gap-x-4 gap-y-1 rounded-md border border-line px-3 py-2"
    >
      <Arrival source={source} />
    </div>
  );
}

function Arrival({ source }: { source: SourceHealthLine }) {
  const { accepted, quarantined, skipped, lastReceivedAt, kind, state } = source;
  if (lastReceivedAt === null) {
    return state === "stopped" ? <span>Stopped: nothing will come.</span> : <Waiting />;
  }
  if (accepted > 0) {
    return (
      <>
        <Badge tone="live">Received</Badge>
        <span>
          {formatCount(accepted)} {accepted === 1 ? "record is" : "records are"} stored.
        </span>
        <Link href={firstLog(kind)} prefetch={false} className="text-accent underline">
          Open the log
        </Link>
      </>
    );
  }
  return (
    <>
      <Badge tone="warning">Received, not stored</Badge>
      {quarantined > 0 && (
        <a href="#quarantine" className="text-accent underline">
          {formatCount(quarantined)} cannot be understood
        </a>
      )}
      {skipped > 0 && <span>{formatCount(skipped)} tell nothing that a log would show</span>}
    </>
  );
}

function Waiting() {
  return (
    <span className="inline-flex items-center gap-2 text-ink-2">
      <span
        aria-hidden
        className="size-3.5 shrink-0 animate-spin rounded-full border-2 border-line-strong border-t-transparent"
      />
      Waiting for the first record …
    </span>
  );
}
