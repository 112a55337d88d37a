import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { GroupView } from "@/components/groups/group-view.tsx";
import { listOfferedNames } from "@/lib/groups/server/offered-names.ts";
import { getGroup } from "@/lib/groups/server/read.ts";
import { isUuid } from "@/lib/http/id.ts";
import { Problem } from "@/lib/http/problem.ts";
import { asPage } from "@/lib/user-events/server/as-page.ts";

export const metadata: Metadata = { title: "Group" };

export default async function GroupPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const shown = await asPage(
    "group.read",
    `/settings/groups/${id}`,
    async (principal) => {
      if (!isUuid(id)) notFound();
      const group = await getGroup(principal, id).catch((error: unknown) => {
        if (error instanceof Problem && error.status === 404) notFound();
        throw error;
      });
      return { group, offered: await listOfferedNames(principal.organizationId) };
    },
    { permission: "users:manage" },
  );
  return <GroupView {...shown} />;
}
