import Link from "next/link";
import { formatDuration } from "@/components/logs/format-values.ts";
import { Moment } from "@/components/sources/moment.tsx";
import { cx } from "@/components/ui/cx.ts";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { RecordingLine } from "@/lib/recordings/recording-line.ts";

type ChoiceProps = {
  recordings: readonly RecordingLine[];
  currentId: string | undefined;
  href: (recordingId: string) => string;
};

/** The recordings of one connection in order, each with its start and how long it is; nothing where there is one. */
export function RecordingChoice({ recordings, currentId, href }: ChoiceProps) {
  if (recordings.length < 2) return null;
  return (
    <nav aria-label="Recordings of this connection" className="flex flex-col gap-1">
      <h2 className="text-xs font-medium text-ink-2">{recordings.length} recordings of this connection</h2>
      <ol className="flex max-h-32 flex-wrap gap-1 overflow-y-auto scroll-thin">
        {recordings.map(({ id, startedAt, durationUs, title, state }, place) => (
          <li key={id}>
            <Link
              href={href(id)}
              prefetch={false}
              {...(id === currentId && { "aria-current": "true" })}
              className={cx(
                "flex items-baseline gap-2 rounded-md border px-2 py-1 focus-visible:outline-offset-[-2px]",
                id === currentId ? "border-accent bg-accent-soft" : "border-line hover:bg-hover",
              )}
            >
              <span className="text-ink-2 tabular">{place + 1}</span>
              <Moment time={startedAt} otherwise="" withZone />
              <span className="text-ink-2 tabular">
                {durationUs === null ? state : formatDuration(durationUs)}
              </span>
              {title !== null && (
                <span className="max-w-48 truncate text-ink-2">
                  <VisibleText text={title} />
                </span>
              )}
            </Link>
          </li>
        ))}
      </ol>
    </nav>
  );
}
