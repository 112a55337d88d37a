import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { UserView } from "@/components/users/user-view.tsx";
import { listGroups } from "@/lib/groups/server/read.ts";
import { isUuid } from "@/lib/http/id.ts";
import { Problem } from "@/lib/http/problem.ts";
import { asPage } from "@/lib/user-events/server/as-page.ts";
import { getUser } from "@/lib/users/server/list-users.ts";

export const metadata: Metadata = { title: "User" };

export default async function UserPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const shown = await asPage(
    "user.read",
    `/settings/users/${id}`,
    async (principal) => {
      if (!isUuid(id)) notFound();
      const user = await getUser(principal, id).catch((error: unknown) => {
        if (error instanceof Problem && error.status === 404) notFound();
        throw error;
      });
      return {
        user,
        groups: (await listGroups(principal)).map((group) => ({ id: group.id, name: group.name })),
        actor: principal.role,
        seesAll: principal.reach === "all",
      };
    },
    { permission: "users:manage" },
  );
  return <UserView {...shown} />;
}
