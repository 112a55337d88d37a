import type { ReactNode } from "react";
import { TimeText } from "@/components/ui/time-text.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { RecordingLine } from "@/lib/recordings/recording-line.ts";
import { FindingList } from "./finding-list.tsx";
import { WaitForRecording } from "./wait-for-recording.tsx";

type StateProps = {
  recording: RecordingLine | undefined;
  expected: boolean;
  /** Whether the connection is open: what is sent at its end is not missing before. */
  open: boolean;
  /** Says nothing of a recording that is well: another part of the page tells of it. */
  quiet: boolean;
};

/** Whether there is a recording, and what is wrong with it. */
export function RecordingState({ recording, expected, open, quiet }: StateProps) {
  if (!recording) {
    if (expected && open)
      return (
        <Notice tone="plain" title="Expected">
          The sessions of this source are recorded. This connection is open; its recording is not here yet.
        </Notice>
      );
    return expected ? (
      <Notice tone="failure" title="Expected but missing">
        The sessions of this source are recorded, and the recording of this one is not here.
      </Notice>
    ) : (
      <Notice tone="plain" title="Not recorded">
        No recording was sent for this connection. Its events, commands and API calls are in the logs.
      </Notice>
    );
  }
  const { state, fault, findings } = recording;
  if (state === "processing") return <WaitForRecording recordingId={recording.id} />;
  if (state === "deleted") {
    return (
      <Notice tone="plain" title="Deleted">
        {recording.deletedBy ?? "Somebody"} deleted this recording
        {recording.deletedAt !== null && (
          <>
            {" "}
            on <TimeText time={recording.deletedAt} withZone />
          </>
        )}
        : <VisibleText text={recording.deleteReason ?? "no reason was kept"} />. It had {recording.bytes}{" "}
        bytes, SHA-256 <code className="font-mono text-xs wrap-anywhere">{recording.sha256}</code>.
      </Notice>
    );
  }
  if (state === "failed") {
    return (
      <Notice tone="failure" title="The recording cannot be played">
        <VisibleText text={(fault ?? "The reason was not kept").replace(/\.?$/, ".")} /> It is kept as it was
        received and can be downloaded.
      </Notice>
    );
  }
  if (quiet || findings.length === 0) return recording.hold ? <HoldNotice recording={recording} /> : null;
  return (
    <>
      {recording.hold && <HoldNotice recording={recording} />}
      <details className="rounded-md border border-warning/50 bg-warning-soft px-3 py-1.5">
        <summary className="text-warning">
          {findings.length === 1
            ? "One thing was wrong with this recording and was mended"
            : `${findings.length} things were wrong with this recording and were mended`}
        </summary>
        <FindingList findings={findings} />
      </details>
    </>
  );
}

function HoldNotice({ recording: { holdReason, heldBy, heldAt } }: { recording: RecordingLine }) {
  return (
    <Notice tone="plain" title="Under a legal hold">
      <VisibleText text={heldBy ?? "Somebody"} /> put a hold on this recording
      {heldAt !== null && (
        <>
          {" "}
          on <TimeText time={heldAt} withZone />
        </>
      )}
      : <VisibleText text={holdReason ?? "no reason was kept"} />. Neither people nor its age delete it.
    </Notice>
  );
}

type NoticeProps = { tone: "plain" | "failure"; title: string; children: ReactNode };

function Notice({ tone, title, children }: NoticeProps) {
  return (
    <div
      className={
        tone === "failure"
          ? "rounded-md border border-failure/50 bg-failure-soft px-3 py-2"
          : "rounded-md border border-line bg-sunken px-3 py-2"
      }
    >
      <h2 className={tone === "failure" ? "font-medium text-failure" : "font-medium"}>{title}</h2>
      <p className="max-w-3xl text-ink-2">{children}</p>
    </div>
  );
}
