import type { Metadata } from "next";
import { TargetList } from "@/components/targets/target-list.tsx";
import { pageParams, pageResource } from "@/lib/targets/page-params.ts";
import { listSpaces } from "@/lib/targets/server/list-targets.ts";
import { parseTargetQuery } from "@/lib/targets/target-query.ts";
import { asPage } from "@/lib/user-events/server/as-page.ts";

export const metadata: Metadata = { title: "Spaces" };

type PageProps = { searchParams: Promise<{ [name: string]: string | string[] | undefined }> };

export default async function SpacesPage({ searchParams }: PageProps) {
  const params = pageParams(await searchParams);
  const parsed = parseTargetQuery(params);
  const page = await asPage(
    "space.list",
    pageResource("/settings/targets/spaces", params),
    async (principal) => {
      if (parsed.errors) return undefined;
      const { spaces: lines, nextCursor } = await listSpaces(principal, parsed.query);
      return { lines, nextCursor };
    },
    { permission: "targets:manage" },
  );
  return (
    <TargetList
      list="spaces"
      match={params.get("match") ?? ""}
      later={parsed.query?.after != null}
      page={page}
      errors={parsed.errors ?? []}
    />
  );
}
