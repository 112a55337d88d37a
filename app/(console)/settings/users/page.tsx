import type { Metadata } from "next";
import { UsersPanel } from "@/components/users/users-panel.tsx";
import { listGroups } from "@/lib/groups/server/read.ts";
import { mailIsSetUp } from "@/lib/mail/server/send-mail.ts";
import { pageParams, pageResource } from "@/lib/targets/page-params.ts";
import { asPage } from "@/lib/user-events/server/as-page.ts";
import { listUsers } from "@/lib/users/server/list-users.ts";
import { parseUserQuery } from "@/lib/users/user-query.ts";

export const metadata: Metadata = { title: "Users" };

type PageProps = { searchParams: Promise<{ [name: string]: string | string[] | undefined }> };

export default async function UsersPage({ searchParams }: PageProps) {
  const params = pageParams(await searchParams);
  const parsed = parseUserQuery(params);
  const shown = await asPage(
    "user.list",
    pageResource("/settings/users", params),
    async (principal) => ({
      page: parsed.errors ? undefined : await listUsers(principal, parsed.query),
      groups: (await listGroups(principal)).map(({ id, name }) => ({ id, name })),
      actor: principal.role,
      seesAll: principal.reach === "all",
    }),
    { permission: "users:manage" },
  );
  const asked = (name: string) => params.get(name) ?? "";
  return (
    <UsersPanel
      {...shown}
      asked={{ match: asked("match"), role: asked("role"), status: asked("status") }}
      later={params.has("after")}
      errors={parsed.errors ?? []}
      mailIsSetUp={mailIsSetUp()}
    />
  );
}
