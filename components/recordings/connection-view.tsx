import Link from "next/link";
import type { ReactNode } from "react";
import { toneOf } from "@/components/logs/format-values.ts";
import type { Row } from "@/components/logs/log-api.ts";
import { ShareSession } from "@/components/shares/share-session.tsx";
import { connectionPath, recordingsPage } from "@/components/shell/pages.ts";
import { Moment } from "@/components/sources/moment.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import { PlaceCredit } from "@/components/ui/place-credit.tsx";
import { Tab, TabStrip } from "@/components/ui/tabs.tsx";
import { TimeText } from "@/components/ui/time-text.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { ParameterError } from "@/lib/http/problem.ts";
import type { Kill, KillEnds } from "@/lib/kills/kill.ts";
import type { Within } from "@/lib/logs/query.ts";
import { isRequestKind, type RequestKind } from "@/lib/logs/session-view.ts";
import { instantOf } from "@/lib/logs/time.ts";
import { byAddress, dbIp } from "@/lib/places/names.ts";
import type { ConnectionQuery, ConnectionTab } from "@/lib/recordings/connection-query.ts";
import type { RecordingLine } from "@/lib/recordings/recording-line.ts";
import { EndSession } from "./end-session.tsx";
import { KillNotice } from "./kill-notice.tsx";
import { LivePane } from "./live-pane.tsx";
import { RecordingActions } from "./recording-actions.tsx";
import { RecordingChoice } from "./recording-choice.tsx";
import { RecordingHold } from "./recording-hold.tsx";
import { RecordingState } from "./recording-state.tsx";
import { SessionRequests } from "./session-requests.tsx";
import { TextTab } from "./text-tab.tsx";
import { VideoTab } from "./video-tab.tsx";

type ViewProps = {
  id: string;
  query: ConnectionQuery & { errors: readonly ParameterError[] };
  connection: {
    row: Row | undefined;
    recording: RecordingLine | undefined;
    recordings: readonly RecordingLine[];
    expected: boolean;
  };
  mayDelete: boolean;
  mayHold: boolean;
  /** Whose arrangement of columns is used. */
  userId: string;
  mayShare: boolean;
  /** What the reader may end of it; null for nothing. */
  ends: KillEnds;
  /** The last request for its end. */
  kill: Kill | undefined;
  /** The tab of events. */
  children: ReactNode;
};

const titles: { [tab in ConnectionTab]: string } = { video: "Video", text: "Text", events: "Events" };

/** What stands in the place of the video where a session has none. */
const listTitles: { [kind in RequestKind]: string } = { database: "Queries", http: "Requests" };

/** One connection: who, what, where and when, and what is left of it. */
export function ConnectionView({
  id,
  query,
  connection,
  mayDelete,
  mayHold,
  ends,
  kill,
  userId,
  mayShare,
  children,
}: ViewProps) {
  const { row, recording, recordings, expected } = connection;
  const tabHref = (tab: ConnectionTab, recordingId = query.recordingId): string => {
    const search = new URLSearchParams({
      ...(recordingId !== undefined && { recording: recordingId }),
      ...(tab !== "video" && { tab }),
    });
    return `/connections/${id}${search.size === 0 ? "" : `?${search}`}`;
  };
  const { user = "", target = "", targetUser = null } = row ?? recording ?? {};
  const list = recording && isRequestKind(recording.kind) ? recording.kind : undefined;
  const readable = recording?.state === "ready" || recording?.state === "logged";
  return (
    <div className="mx-auto flex w-full max-w-[110rem] flex-col gap-3 px-4 py-4">
      <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2">
        <div className="min-w-0">
          <nav aria-label="Breadcrumb" className="text-xs text-ink-2">
            <Link href={recordingsPage.href} prefetch={false} className="hover:underline">
              {recordingsPage.title}
            </Link>
            {recording && (
              <>
                {" / "}
                <Link
                  href={`/recordings?${new URLSearchParams({ user: recording.user })}`}
                  prefetch={false}
                  className="hover:underline"
                >
                  <VisibleText text={recording.user} />
                </Link>
              </>
            )}
          </nav>
          <h1 className="text-lg font-semibold wrap-anywhere">
            <VisibleText text={String(user)} /> on <VisibleText text={String(target)} />
            {targetUser !== null && (
              <span className="font-normal text-ink-2">
                {" "}
                as <VisibleText text={String(targetUser)} />
              </span>
            )}
          </h1>
        </div>
        <div className="flex items-center gap-2">
          {mayShare && <ShareSession connectionId={id} name={`${user} on ${target}`} />}
          {ends !== null && kill?.state !== "requested" && kill?.state !== "acknowledged" && (
            <EndSession id={id} user={String(user)} target={String(target)} ends={ends} />
          )}
          {recording && (
            <div className="flex items-center">
              {mayHold && recording.state !== "deleted" && recording.state !== "logged" && (
                <RecordingHold line={recording} />
              )}
              <RecordingActions line={recording} mayDelete={mayDelete} />
            </div>
          )}
        </div>
      </header>
      <KillNotice kill={kill} />
      <Facts row={row} recording={recording} />
      {query.errors.length > 0 && (
        <div role="alert" className="rounded-md border border-failure bg-failure-soft px-3 py-2 text-failure">
          {query.errors.map(({ parameter, reason }) => (
            <p key={parameter}>
              The address says <code className="font-mono">{parameter}</code>, which {reason}.
            </p>
          ))}
        </div>
      )}
      <div className="border-b border-line">
        <TabStrip label="Connection">
          {(["video", "text", "events"] as const).map((tab) => (
            <Tab key={tab} href={tabHref(tab)} current={query.tab === tab}>
              {list && tab === "video" ? listTitles[list] : titles[tab]}
            </Tab>
          ))}
        </TabStrip>
      </div>
      <RecordingChoice
        recordings={recordings}
        currentId={recording?.id}
        href={(recordingId) => tabHref(query.tab, recordingId)}
      />
      <RecordingState
        recording={recording}
        expected={expected}
        open={row?.["status"] === "opened"}
        quiet={query.tab === "events"}
      />
      {recording?.state === "live" && query.tab !== "events" && (
        <LivePane line={recording} startUs={query.startUs} />
      )}
      {list && readable && query.tab === "video" && (
        <SessionRequests within={spanOf(id, recording, row)} kind={list} userId={userId} />
      )}
      {!list && recording?.state === "ready" && query.tab === "video" && (
        <VideoTab key={recording.id} recordingId={recording.id} startUs={query.startUs ?? 0} />
      )}
      {recording && readable && query.tab === "text" && (
        <TextTab
          key={recording.id}
          recordingId={recording.id}
          path={connectionPath(id, undefined, recordings.length > 1 ? recording.id : query.recordingId)}
        />
      )}
      {children}
    </div>
  );
}

/** A millisecond behind the last request: bounds do not include their end. */
function spanOf(connection: string, { startedAt, durationUs }: RecordingLine, row: Row | undefined): Within {
  if (row?.["status"] === "opened" || durationUs === null) return { connection, from: startedAt };
  const endMs = Date.parse(startedAt) + Math.ceil(durationUs / 1000) + 1;
  return { connection, from: startedAt, to: instantOf(endMs) };
}

function Facts({ row, recording }: { row: Row | undefined; recording: RecordingLine | undefined }) {
  const status = row?.["status"];
  const start = row?.time ?? recording?.startedAt;
  const end = row?.["endTime"];
  const address = row?.["clientAddress"];
  const facts: { name: string; value: ReactNode }[] = [
    { name: "Start", value: start === undefined ? unknown : <TimeText time={start} withZone /> },
    {
      name: "End",
      value:
        typeof end === "string" ? <TimeText time={end} withZone /> : <span className="text-ink-3">–</span>,
    },
    {
      name: "Status",
      value:
        status === undefined || status === null ? (
          unknown
        ) : (
          <Badge tone={toneOf(String(status))}>{status}</Badge>
        ),
    },
    { name: "Kind", value: row?.["kind"] ?? recording?.kind ?? unknown },
    { name: "Client address", value: address === undefined || address === null ? unknown : String(address) },
    { name: "Place", value: <Place row={row} /> },
    { name: "Space", value: row?.["space"] ?? recording?.space ?? <span className="text-ink-3">–</span> },
  ];
  if (recording && recording.state !== "deleted")
    facts.push({ name: "Deleted on", value: <Expiry line={recording} /> });
  const cause = row?.["cause"];
  if (typeof cause === "string" && cause !== "")
    facts.push({ name: "Cause of the end", value: <VisibleText text={cause} /> });
  if (recording?.title) facts.push({ name: "Title", value: <VisibleText text={recording.title} /> });
  return (
    <dl className="flex flex-wrap gap-x-6 gap-y-1">
      {facts.map(({ name, value }) => (
        <div key={name} className="min-w-0">
          <dt className="text-xs text-ink-2">{name}</dt>
          <dd className="wrap-anywhere">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Where the client was when the connection was recorded, and who says so. */
function Place({ row }: { row: Row | undefined }) {
  const place = row?.["place"];
  if (typeof place !== "string") return unknown;
  const source = String(row?.["placeSource"] ?? "");
  if (source === byAddress) return place;
  return (
    <>
      <VisibleText text={place} />{" "}
      <span className="text-xs text-ink-2">
        {source.startsWith(dbIp) ? (
          <>
            ({source.slice(dbIp.length).trim()}) <PlaceCredit />
          </>
        ) : (
          `said by ${source}`
        )}
      </span>
    </>
  );
}

function Expiry({ line: { hold, expiresAt } }: { line: RecordingLine }) {
  if (hold) return <Badge tone="denied">legal hold</Badge>;
  return <Moment time={expiresAt} otherwise="never" withZone />;
}

const unknown = <span className="text-ink-3">unknown</span>;
