import Link from "next/link";
import type { ReactNode } from "react";
import { searchString } from "@/components/logs/conditions.ts";
import { formatOffset, toneOf } from "@/components/logs/format-values.ts";
import type { Row } from "@/components/logs/log-api.ts";
import { ShareList } from "@/components/shares/share-list.tsx";
import { connectionPath, logPath } from "@/components/shell/pages.ts";
import { Badge } from "@/components/ui/badge.tsx";
import { TimeText } from "@/components/ui/time-text.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { Kill } from "@/lib/kills/kill.ts";
import { isRequestKind } from "@/lib/logs/session-view.ts";
import type { Playback } from "@/lib/recordings/playback.ts";
import type { RecordingLine } from "@/lib/recordings/recording-line.ts";
import type { ShareLine } from "@/lib/shares/share.ts";
import { FindingList } from "./finding-list.tsx";
import { KillSteps } from "./kill-steps.tsx";
import { linkSeconds } from "./link-seconds.ts";
import { RecordingFacts } from "./recording-facts.tsx";

type Rows = { rows: readonly Row[]; nextCursor: string | null };

type EventsProps = {
  id: string;
  recording: RecordingLine | undefined;
  history: {
    events: Rows;
    denied: Rows;
    resizes: Playback["resizes"];
    kills: readonly Kill[];
    readers: (Rows & { inLog: boolean }) | undefined;
    shares: readonly ShareLine[] | undefined;
  };
};

const mostResizes = 200;

/** What happened to the connection and to its recording, beside what was on the screen. */
export function EventsTab({ id, recording, history }: EventsProps) {
  const { events, denied, resizes, kills, readers, shares } = history;
  const isList = isRequestKind(recording?.kind);
  const clients = [
    ...new Set(events.rows.flatMap(({ clientSoftware }) => (clientSoftware ? [String(clientSoftware)] : []))),
  ];
  return (
    <div className="grid gap-x-8 gap-y-6 lg:grid-cols-2">
      <Section
        title="Connection events"
        log={{ slug: "connection-events", filter: { connection: id } }}
        empty="No event of this connection is recorded yet."
        rows={events}
      >
        {(row) => (
          <>
            <Badge tone={toneOf(String(row["event"]))}>{row["event"]}</Badge>
            {row["outcome"] === "denied" && <Badge tone="denied">denied</Badge>}
            <Words text={row["cause"]} />
          </>
        )}
      </Section>
      <Section
        title="Denied attempts"
        log={
          isList
            ? { slug: "session-requests", filter: { connection: id, outcome: "denied" } }
            : { slug: "commands", filter: { connection: id, outcome: "rejected" } }
        }
        empty={
          isList ? "No request of this connection was refused." : "No command of this connection was refused."
        }
        rows={denied}
      >
        {(row) => (
          <>
            <Badge tone="denied">{row["outcome"]}</Badge>
            <span className="min-w-0 font-mono text-xs wrap-anywhere">
              <VisibleText text={String(row["command"] ?? row["request"])} />
            </span>
            <Words text={row["reason"] ?? row["error"] ?? row["status"]} />
          </>
        )}
      </Section>
      {kills.length > 0 && (
        <Part title="Requests for its end">
          <KillSteps kills={kills} />
        </Part>
      )}
      <Part title="Client software">
        {clients.length === 0 ? (
          <p className="text-ink-2">Not told by the source.</p>
        ) : (
          <ul>
            {clients.map((client) => (
              <li key={client} className="wrap-anywhere">
                <VisibleText text={client} />
              </li>
            ))}
          </ul>
        )}
      </Part>
      {recording && !isList && recording.state !== "deleted" && (
        <>
          <Part title="Recording">
            <RecordingFacts recording={recording} />
          </Part>
          <Part title="Size of the terminal">
            <p>
              {recording.columns === null
                ? "Not known."
                : `${recording.columns} columns, ${recording.rows} rows at the start.`}
            </p>
            <ul>
              {resizes.slice(0, mostResizes).map(({ timeUs, columns, rows }) => (
                <li key={`${timeUs} ${columns} ${rows}`} className="flex gap-3">
                  <a
                    href={connectionPath(id, linkSeconds(timeUs), recording.id)}
                    className="w-14 text-right text-accent tabular hover:underline"
                  >
                    {formatOffset(timeUs)}
                  </a>
                  {columns} × {rows}
                </li>
              ))}
            </ul>
            {resizes.length > mostResizes && (
              <p className="text-xs text-ink-2">
                The first {mostResizes} of {resizes.length}.
              </p>
            )}
          </Part>
          <Part title="Findings">
            {recording.findings.length === 0 ? (
              <p className="text-ink-2">Nothing was wrong with the recording.</p>
            ) : (
              <FindingList findings={recording.findings} />
            )}
          </Part>
        </>
      )}
      {shares && (
        <Part title="Shared with">
          <ShareList shares={shares} />
        </Part>
      )}
      {recording && readers && (
        <Section
          title="Who watched, read, found, downloaded or deleted it"
          log={readers.inLog ? { slug: "audit-log", filter: { targetId: recording.id } } : undefined}
          empty="Nobody has."
          rows={readers}
        >
          {(row) => (
            <>
              <Badge tone={toneOf(String(row["operationStatus"]))}>{row["eventType"]}</Badge>
              <Words text={row["initiator"]} />
              <Words text={row["detail"]} />
            </>
          )}
        </Section>
      )}
    </div>
  );
}

function Words({ text }: { text: string | number | null | undefined }) {
  if (text === null || text === undefined || text === "") return null;
  return (
    <span className="min-w-0 text-ink-2 wrap-anywhere">
      <VisibleText text={String(text)} />
    </span>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="flex min-w-0 flex-col gap-1">
      <h2 className="font-medium">{title}</h2>
      {children}
    </section>
  );
}

type SectionProps = {
  title: string;
  /** Undefined for those who may not look there. */
  log: { slug: string; filter: { [name: string]: string } } | undefined;
  empty: string;
  rows: Rows;
  children: (row: Row) => ReactNode;
};

function Section({ title, log, empty, rows: { rows, nextCursor }, children }: SectionProps) {
  return (
    <Part title={title}>
      {rows.length === 0 && (
        <p className="text-ink-2">
          {nextCursor === null ? empty : "The log is too large to be looked through in passing."}
        </p>
      )}
      <ul>
        {rows.map((row) => (
          <li
            key={row.id}
            className="flex flex-wrap items-baseline gap-x-3 border-b border-line py-1 last:border-0"
          >
            <TimeText time={row.time} withZone className="text-ink-2" />
            {children(row)}
          </li>
        ))}
      </ul>
      {log && (
        <Link
          href={`${logPath(log.slug)}${searchString(new URLSearchParams(log.filter))}`}
          prefetch={false}
          className="self-start text-accent hover:underline"
        >
          {nextCursor === null ? "In the log" : "There may be more in the log"}
          <span className="sr-only">: {title}</span>
        </Link>
      )}
    </Part>
  );
}
