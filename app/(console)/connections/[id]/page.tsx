import type { Metadata } from "next";
import { notFound, redirect } from "next/navigation";
import { ConnectionView } from "@/components/recordings/connection-view.tsx";
import { EventsTab } from "@/components/recordings/events-tab.tsx";
import { allows } from "@/lib/auth/principal.ts";
import { isUuid } from "@/lib/http/id.ts";
import { listKills, shownKill } from "@/lib/kills/server/kills.ts";
import { killEndsOf } from "@/lib/kills/server/request.ts";
import { isRequestKind, ofPage } from "@/lib/logs/session-view.ts";
import { parseConnectionQuery } from "@/lib/recordings/connection-query.ts";
import { readConnection, readHistory } from "@/lib/recordings/server/connection.ts";
import { openRequests } from "@/lib/recordings/server/requests.ts";
import { pageParams, pageResource } from "@/lib/targets/page-params.ts";
import { asPage } from "@/lib/user-events/server/as-page.ts";

export const metadata: Metadata = { title: "Connection" };

type PageProps = {
  params: Promise<{ id: string }>;
  searchParams: Promise<{ [name: string]: string | string[] | undefined }>;
};

export default async function ConnectionPage({ params, searchParams }: PageProps) {
  const { id } = await params;
  const search = pageParams(await searchParams);
  const { query, place, ...shown } = await asPage(
    "connection.read",
    pageResource(`/connections/${id}`, search),
    async (principal) => {
      const asked = parseConnectionQuery(search);
      const found = isUuid(id) ? await readConnection(principal, id, asked) : undefined;
      if (!found) notFound();
      const { recording } = found;
      // What is asked of the list of requests is read, and complained about, where it is listed.
      const isList = isRequestKind(recording?.kind);
      const query = isList ? parseConnectionQuery(search, (name) => !ofPage.has(name)) : asked;
      return {
        query,
        place:
          isList && recording && query.tab === "video"
            ? await openRequests(principal, recording, query.startUs)
            : undefined,
        connection: found,
        history: query.tab === "events" ? await readHistory(principal, id, recording) : undefined,
        mayDelete: allows(principal, "recordings:delete"),
        mayHold: allows(principal, "holds:manage"),
        userId: principal.userId,
        mayShare: allows(principal, "sessions:share"),
        ends: allows(principal, "sessions:end") ? await killEndsOf(principal.organizationId, id) : null,
        kill: (await listKills(principal.organizationId, id)).map(shownKill).at(-1),
      };
    },
    { permission: "logs:read-own" },
  );
  if (place) redirect(`/connections/${id}?${place}`);
  const { history, ...view } = shown;
  return (
    <ConnectionView id={id} query={query} {...view}>
      {history && <EventsTab id={id} recording={view.connection.recording} history={history} />}
    </ConnectionView>
  );
}
