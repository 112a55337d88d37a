import type { Metadata } from "next";
import { RecordingsView } from "@/components/recordings/recordings-view.tsx";
import { allows } from "@/lib/auth/principal.ts";
import { env } from "@/lib/env.ts";
import { connectionKindOf } from "@/lib/ingest/enumerations.ts";
import { parseRecordingsQuery, recordingsBounds } from "@/lib/recordings/recordings-query.ts";
import { listRecordedPeople, listRecordedTargets, listRecordings } from "@/lib/recordings/server/list.ts";
import { recordingScope } from "@/lib/recordings/server/read.ts";
import { searchAs } from "@/lib/recordings/server/search-as.ts";
import { versionOfSessions } from "@/lib/recordings/server/under-way.ts";
import { pageParams, pageResource } from "@/lib/targets/page-params.ts";
import { asPage } from "@/lib/user-events/server/as-page.ts";

export const metadata: Metadata = { title: "Session Recordings" };

type PageProps = { searchParams: Promise<{ [name: string]: string | string[] | undefined }> };

const linesShown = 50;
/** Sessions under way that stand before the others; all of them are behind the filter. */
const liveShown = 50;
const textsShown = 50;

export default async function RecordingsPage({ searchParams }: PageProps) {
  const params = pageParams(await searchParams);
  const { query, errors } = parseRecordingsQuery(params);
  const action = query && query.q !== "" ? "recordings.search" : "recordings.list";
  const shown = await asPage(action, pageResource("/recordings", params), async (principal) => {
    const scope = recordingScope(principal);
    const rights = {
      mayDelete: allows(principal, "recordings:delete"),
      mayAddSources: allows(principal, "sources:manage"),
    };
    if (!query) return { rights, errors, people: [], targets: [], lines: [], more: false };
    const { user, target, longer, denied, live, q, match, after } = query;
    const kind = connectionKindOf(query.kind);
    // Taken before the lists: what changes meanwhile is told.
    const version = await versionOfSessions(scope);
    const people = await listRecordedPeople(scope, match);
    const targets = await listRecordedTargets(scope);
    const filters = {
      ...(user !== "" && { user }),
      ...(target !== "" && { target }),
      ...(kind && { kind }),
      ...(longer !== "" && { longer }),
      ...(denied && { denied }),
      ...recordingsBounds(query, Date.now()),
    };
    if (q !== "") {
      const place = after && { ...after, place: after.place ?? -1 };
      const found = await searchAs(principal, q, {
        ...filters,
        ...(live && { live }),
        ...(place && { after: place }),
        limit: textsShown,
      });
      // Not read anew by itself: a search is written down as what somebody did.
      return { rights, people, targets, lines: [], more: false, found };
    }
    // Sessions under way stand before the first page, and are on no other.
    const underWay =
      live || after ? [] : await listRecordings(scope, { ...filters, live: true, limit: liveShown });
    const lines = await listRecordings(scope, {
      ...filters,
      live,
      ...(after && { after }),
      limit: linesShown + 1,
    });
    return {
      rights,
      version,
      people,
      targets,
      underWay,
      lines: lines.slice(0, linesShown),
      more: lines.length > linesShown,
    };
  });
  return <RecordingsView query={query} origin={env().NEXTAUTH_URL.replace(/\/$/, "")} {...shown} />;
}
