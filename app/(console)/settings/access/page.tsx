import type { Metadata } from "next";
import { AccessView } from "@/components/access/access-view.tsx";
import { listAccess } from "@/lib/access/server/list-access.ts";
import { parseAccessQuery } from "@/lib/access/server/query.ts";
import { allows } from "@/lib/auth/principal.ts";
import { listGroups } from "@/lib/groups/server/read.ts";
import { pageParams, pageResource } from "@/lib/targets/page-params.ts";
import { asPage } from "@/lib/user-events/server/as-page.ts";

export const metadata: Metadata = { title: "Access" };

type PageProps = { searchParams: Promise<{ [name: string]: string | string[] | undefined }> };

export default async function AccessRoute({ searchParams }: PageProps) {
  const params = pageParams(await searchParams);
  const parsed = parseAccessQuery(params);
  const shown = await asPage(
    "access.read",
    pageResource("/settings/access", params),
    async (principal) => ({
      manager: allows(principal, "users:manage") ? principal.role : undefined,
      groups: (await listGroups(principal)).map(({ id, name }) => ({ id, name })),
      page: parsed.query && (await listAccess(principal.organizationId, parsed.query)),
    }),
    { permission: "access:read" },
  );
  return <AccessView query={parsed.query ?? { match: "" }} errors={parsed.errors ?? []} {...shown} />;
}
