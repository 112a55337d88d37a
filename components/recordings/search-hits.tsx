import Link from "next/link";
import { formatOffset } from "@/components/logs/format-values.ts";
import { connectionPath } from "@/components/shell/pages.ts";
import { Moment } from "@/components/sources/moment.tsx";
import { buttonClass } from "@/components/ui/button.tsx";
import { ZoneName } from "@/components/ui/time-text.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { RecordingHit } from "@/lib/recordings/recording-line.ts";
import { type RecordingsQuery, recordingsHref } from "@/lib/recordings/recordings-query.ts";
import type { SearchPlace } from "@/lib/recordings/search-parameters.ts";
import { searchWords } from "@/lib/recordings/search-words.ts";
import { linkSeconds } from "./link-seconds.ts";

/** What a search found, and where it goes on when there is more. */
export type Found = { hits: readonly RecordingHit[]; next?: SearchPlace };

/** Lines in which the words were on a screen. A hit opens the player at its second. */
export function SearchHits({ query, hits, next }: Found & { query: RecordingsQuery }) {
  return (
    <section aria-label="Search results" className="flex flex-col gap-2">
      <p role="status" className="flex flex-wrap items-baseline gap-x-3 text-ink-2">
        {said(query, hits.length, next !== undefined)}
        <Link href={recordingsHref(query, { q: "" })} prefetch={false} className="text-accent underline">
          Back to the list
        </Link>
      </p>
      <ul className="flex flex-col">
        {hits.map(({ recordingId, connectionId, user, target, startedAt, atUs, line }, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two lines of one moment may say the same
          <li key={`${recordingId} ${atUs} ${place}`} className="border-b border-line">
            {/* No Link: the player's page has a policy of its own, which comes with a full load. */}
            <a
              href={connectionPath(connectionId, linkSeconds(atUs), recordingId)}
              className="grid gap-x-4 py-1.5 hover:bg-hover sm:grid-cols-[minmax(0,18rem)_minmax(0,1fr)]"
            >
              <span className="min-w-0">
                <span className="block truncate font-medium">
                  <VisibleText text={user} /> <span className="font-normal text-ink-2">on</span>{" "}
                  <VisibleText text={target} />
                </span>
                <span className="block text-xs text-ink-2">
                  <Moment time={startedAt} otherwise="" /> <ZoneName />, at{" "}
                  <span className="tabular">{formatOffset(atUs)}</span>
                </span>
              </span>
              <span className="min-w-0 self-center font-mono text-xs wrap-anywhere">
                <VisibleText text={line} />
              </span>
            </a>
          </li>
        ))}
      </ul>
      {next && (
        <Link href={recordingsHref(query, { after: next })} prefetch={false} className={buttonClass("quiet")}>
          Older ones
        </Link>
      )}
    </section>
  );
}

function said({ q, after }: RecordingsQuery, lines: number, more: boolean): string {
  if (searchWords(q).length === 0)
    return `Whole words are looked for, and “${q}” holds none: type letters or digits.`;
  if (lines === 0)
    return after
      ? `No older recording shows “${q}”.`
      : `No recording shows “${q}”. Whole words are looked for, all of them close together.`;
  const which = after ? "older ones, the newest first" : "in the newest recordings first";
  return `${lines} ${lines === 1 ? "line shows" : "lines show"} “${q}”, ${which}${more ? "; there are more" : ""}.`;
}
