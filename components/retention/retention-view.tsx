import { formatBytes, formatCount } from "@/components/logs/format-values.ts";
import { Moment } from "@/components/sources/moment.tsx";
import { SettingsPage } from "@/components/ui/settings-page.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { RecordingLine } from "@/lib/recordings/recording-line.ts";
import type { Retention, RetentionCounts } from "@/lib/retention/retention.ts";
import { HeldRecordings } from "./held-recordings.tsx";
import { RetentionForm } from "./retention-form.tsx";

type ViewProps = {
  retention: Retention;
  counts: RetentionCounts;
  held: readonly RecordingLine[];
  storeIsUp: boolean;
};

/** How long recordings are kept, and which are kept whatever their age. */
export function RetentionView({ retention, counts, held, storeIsUp }: ViewProps) {
  const { updatedAt, updatedBy } = retention;
  return (
    <SettingsPage
      title="Retention"
      about="How long session recordings are kept. The logs are kept for ever: nothing deletes a row of them."
    >
      {!storeIsUp && (
        <div role="alert" className="rounded-md border border-failure bg-failure-soft px-3 py-2 text-failure">
          The store of the recordings cannot be reached. Uploads are refused with 503 until it is back; the
          server’s log says why.
        </div>
      )}
      <p className="text-ink-2">
        {formatCount(counts.kept)} {counts.kept === 1 ? "recording" : "recordings"},{" "}
        {formatBytes(counts.bytes)} as received, {formatCount(counts.held)} under a legal hold.{" "}
        {updatedAt === null ? (
          "Nobody has set anything yet."
        ) : (
          <>
            Set by <VisibleText text={updatedBy ?? "somebody"} /> on{" "}
            <Moment time={updatedAt} otherwise="" withZone />.
          </>
        )}
      </p>
      <RetentionForm key={updatedAt} retention={retention} />
      <HeldRecordings lines={held} />
    </SettingsPage>
  );
}
