import type { Metadata } from "next";
import { GroupList } from "@/components/groups/group-list.tsx";
import { listOfferedNames } from "@/lib/groups/server/offered-names.ts";
import { listGroups } from "@/lib/groups/server/read.ts";
import { asPage } from "@/lib/user-events/server/as-page.ts";

export const metadata: Metadata = { title: "Groups" };

export default async function GroupsPage() {
  const shown = await asPage(
    "group.list",
    "/settings/groups",
    async (principal) => ({
      groups: await listGroups(principal),
      offered: await listOfferedNames(principal.organizationId),
    }),
    { permission: "users:manage" },
  );
  return <GroupList {...shown} />;
}
