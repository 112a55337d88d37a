import type { ParameterError } from "@/lib/http/problem.ts";
import type { RecordedPerson, RecordingLine } from "@/lib/recordings/recording-line.ts";
import { type RecordingsQuery, recordingsHref } from "@/lib/recordings/recordings-query.ts";
import { FirstRecording } from "./first-recording.tsx";
import { KeepCurrent } from "./keep-current.tsx";
import { People } from "./people.tsx";
import { RecordingFilters, SearchEverything } from "./recording-filters.tsx";
import { RecordingTable } from "./recording-table.tsx";
import { type Found, SearchHits } from "./search-hits.tsx";

type ViewProps = {
  /** Undefined when the address asks for something that cannot be. */
  query: RecordingsQuery | undefined;
  errors?: readonly ParameterError[] | undefined;
  people: readonly RecordedPerson[];
  /** Names that are offered for the target. */
  targets: readonly string[];
  lines: readonly RecordingLine[];
  /** Sessions under way, where they stand before the others. */
  underWay?: readonly RecordingLine[];
  /** Of the sessions that the page shows; see lib/recordings/server/under-way.ts. */
  version?: string;
  /** Whether there are lines behind these. */
  more: boolean;
  /** What was found, when words were looked for. */
  found?: Found;
  rights: { mayDelete: boolean; mayAddSources: boolean };
  origin: string;
};

/** People with recordings, the sessions of one of them, or what was found in all of them. */
export function RecordingsView(props: ViewProps) {
  const { query, errors = [], people } = props;
  const none = query !== undefined && recordingsHref(query, {}) === "/recordings" && people.length === 0;
  return (
    <section
      aria-labelledby="recordings-title"
      className="mx-auto flex w-full max-w-[110rem] flex-col gap-4 px-4 py-6"
    >
      <header className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
        <div className="max-w-2xl">
          <h1 id="recordings-title" className="text-lg font-semibold">
            Session Recordings
          </h1>
          <p className="text-pretty text-ink-2">
            What people saw and typed, to be played again. Whoever plays, reads or downloads one is written
            down.
          </p>
        </div>
        {!none && <SearchEverything query={query} />}
      </header>
      {errors.length > 0 && (
        <div role="alert" className="rounded-md border border-failure bg-failure-soft px-3 py-2 text-failure">
          {errors.map(({ parameter, reason }) => (
            <p key={parameter}>
              The address says <code className="font-mono">{parameter}</code>, which {reason}.
            </p>
          ))}
        </div>
      )}
      {props.version !== undefined && <KeepCurrent version={props.version} />}
      {none ? (
        <FirstRecording origin={props.origin} mayAddSources={props.rights.mayAddSources} />
      ) : (
        query && <Narrowed {...props} query={query} />
      )}
    </section>
  );
}

function Narrowed(props: ViewProps & { query: RecordingsQuery }) {
  const { query, people, targets, underWay = [], lines, more, found, rights } = props;
  const first = new Set(underWay.map(({ id }) => id));
  // A session may end between the reading of both.
  const all = [...underWay, ...lines.filter(({ id }) => !first.has(id))];
  return (
    <div className="grid gap-x-6 gap-y-4 md:grid-cols-[14rem_minmax(0,1fr)]">
      <People query={query} people={people} />
      <div className="flex min-w-0 flex-col gap-3">
        <RecordingFilters query={query} targets={targets} />
        {found ? (
          <SearchHits query={query} {...found} />
        ) : (
          <RecordingTable query={query} lines={all} more={more} mayDelete={rights.mayDelete} />
        )}
      </div>
    </div>
  );
}
