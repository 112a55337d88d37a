import type { ReactNode } from "react";
import { formatBytes, formatDuration } from "@/components/logs/format-values.ts";
import { CopyButton } from "@/components/ui/copy-button.tsx";
import { TimeText } from "@/components/ui/time-text.tsx";
import type { RecordingLine } from "@/lib/recordings/recording-line.ts";

/** What was received of a session, so that a file at hand can be compared with it. */
export function RecordingFacts({ recording }: { recording: RecordingLine }) {
  const { id, format, durationUs, bytes, sha256, receivedAt, state } = recording;
  const facts: [name: string, value: ReactNode][] = [
    ["Id", <Copied key="id" text={id} label="Copy the recording's id" />],
    ["Format", format],
    ["Length", durationUs === null ? "not known yet" : formatDuration(durationUs)],
  ];
  // Of a session that is under way there is no file yet.
  if (state !== "live" && sha256 !== null)
    facts.push(
      ["Received", <TimeText key="received" time={receivedAt} withZone />],
      ["Size as received", `${formatBytes(bytes)} (${bytes} bytes)`],
      ["SHA-256 as received", <Copied key="sha256" text={sha256} label="Copy the SHA-256" />],
    );
  return (
    <dl className="grid gap-x-4 gap-y-0.5 sm:grid-cols-[auto_minmax(0,1fr)]">
      {facts.map(([name, value]) => (
        <div key={name} className="grid min-w-0 items-baseline sm:col-span-2 sm:grid-cols-subgrid">
          <dt className="text-ink-2">{name}</dt>
          <dd className="min-w-0 wrap-anywhere">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Copied({ text, label }: { text: string; label: string }) {
  return (
    <>
      <code className="font-mono text-xs">{text}</code> <CopyButton text={text} label={label} />
    </>
  );
}
