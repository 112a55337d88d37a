import { connectionPath } from "@/components/shell/pages.ts";
import { Moment } from "@/components/sources/moment.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { RecordingLine } from "@/lib/recordings/recording-line.ts";

/** What is kept whatever its age, and why. A hold begins and ends on the page of the connection. */
export function HeldRecordings({ lines }: { lines: readonly RecordingLine[] }) {
  return (
    <section aria-labelledby="held-title" className="flex flex-col gap-2">
      <h2 id="held-title" className="font-semibold">
        Legal holds
      </h2>
      {lines.length === 0 ? (
        <p className="text-ink-2">
          No recording is under a hold. Open a connection and press <em>Hold</em>: then neither people nor its
          age delete its recording.
        </p>
      ) : (
        <ul className="border-t border-line">
          {lines.map(({ id, connectionId, user, target, startedAt, holdReason, heldBy, heldAt }) => (
            <li
              key={id}
              className="flex flex-wrap items-baseline gap-x-4 gap-y-0.5 border-b border-line px-2 py-1.5"
            >
              <a
                href={connectionPath(connectionId, undefined, id)}
                className="text-accent wrap-anywhere hover:underline"
              >
                <VisibleText text={user} /> on <VisibleText text={target} />
              </a>
              <span className="text-xs text-ink-2">
                of <Moment time={startedAt} otherwise="" withZone />
              </span>
              <span className="min-w-0 flex-1 basis-60 wrap-anywhere">
                <VisibleText text={holdReason ?? "no reason was kept"} />
              </span>
              <span className="text-xs text-ink-2">
                <VisibleText text={heldBy ?? "somebody"} />, <Moment time={heldAt} otherwise="" withZone />
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
