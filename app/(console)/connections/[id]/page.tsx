import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { ConnectionView } from "@/components/recordings/connection-view.tsx";
import { EventsTab } from "@/components/recordings/events-tab.tsx";
import { allows } from "@/lib/auth/principal.ts";
import { isUuid } from "@/lib/http/id.ts";
import { parseConnectionQuery } from "@/lib/recordings/connection-query.ts";
import { readConnection, readHistory } from "@/lib/recordings/server/connection.ts";
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
  const query = parseConnectionQuery(search);
  const { connection, history, ...rights } = await asPage(
    "connection.read",
    pageResource(`/connections/${id}`, search),
    async (principal) => {
      const found = isUuid(id) ? await readConnection(principal, id, query) : undefined;
      if (!found) notFound();
      const wanted = query.tab === "events";
      return {
        connection: found,
        history: wanted ? await readHistory(principal, id, found.recording) : undefined,
        mayDelete: allows(principal, "recordings:delete"),
        mayHold: allows(principal, "holds:manage"),
        mayEnd: allows(principal, "sessions:end"),
      };
    },
    { permission: "logs:read-own" },
  );
  return (
    <ConnectionView id={id} query={query} connection={connection} {...rights}>
      {history && <EventsTab id={id} recording={connection.recording} history={history} />}
    </ConnectionView>
  );
}
