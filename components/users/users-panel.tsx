"use client";

import { UserPlus } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button, buttonClass } from "@/components/ui/button.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { SettingsPage } from "@/components/ui/settings-page.tsx";
import type { Role } from "@/lib/auth/roles.ts";
import type { ParameterError } from "@/lib/http/problem.ts";
import type { Invitation, UserPage } from "@/lib/users/user.ts";
import { InvitationNotice } from "./invitation-notice.tsx";
import { InviteDialog } from "./invite-dialog.tsx";
import type { GroupChoice } from "./scope-fields.tsx";
import { type Asked, UserFilters } from "./user-filters.tsx";
import { UserTable } from "./user-table.tsx";

type PanelProps = {
  asked: Asked;
  /** Whether this is not the first page. */
  later: boolean;
  /** Undefined when the address asks for something that cannot be. */
  page: UserPage | undefined;
  errors: readonly ParameterError[];
  actor: Role;
  groups: readonly GroupChoice[];
  seesAll: boolean;
  mailIsSetUp: boolean;
};

/** The page of the people of the organization. */
export function UsersPanel(props: PanelProps) {
  const { asked, later, page, errors, actor, groups, seesAll, mailIsSetUp } = props;
  const router = useRouter();
  const [inviting, setInviting] = useState(false);
  const [invited, setInvited] = useState<{ invitation: Invitation; email: string }>();
  return (
    <SettingsPage
      title="Users"
      about={
        <>
          Who may sign in, and as what.{" "}
          {mailIsSetUp
            ? "People you invite get an email with a link."
            : "Email is not set up (SMTP_URL): the link of an invitation is shown to you, to hand it over."}
        </>
      }
      action={
        <Button look="primary" onClick={() => setInviting(true)}>
          <UserPlus aria-hidden className="size-4" />
          Invite
        </Button>
      }
    >
      {invited && (
        <InvitationNotice key={invited.invitation.id} {...invited} onDone={() => setInvited(undefined)} />
      )}
      <UserFilters asked={asked} />
      {errors.length > 0 && (
        <div role="alert" className="rounded-md border border-failure bg-failure-soft px-3 py-2 text-failure">
          {errors.map(({ parameter, reason }) => (
            <p key={parameter}>
              The address says <code className="font-mono">{parameter}</code>, which {reason}.
            </p>
          ))}
        </div>
      )}
      {page && page.users.length > 0 && <UserTable users={page.users} />}
      {page?.users.length === 0 && (
        <EmptyState>
          <p>
            Nobody matches.{" "}
            <Link href="/settings/users" prefetch={false} className="text-accent underline">
              Show all
            </Link>
          </p>
        </EmptyState>
      )}
      {page && (later || page.nextCursor !== null) && (
        <nav aria-label="Pages" className="flex gap-2">
          {later && (
            <Link href={pageAt(asked)} prefetch={false} className={buttonClass()}>
              First page
            </Link>
          )}
          {page.nextCursor !== null && (
            <Link href={pageAt(asked, page.nextCursor)} prefetch={false} className={buttonClass()}>
              Next page
            </Link>
          )}
        </nav>
      )}
      <InviteDialog
        open={inviting}
        actor={actor}
        groups={groups}
        seesAll={seesAll}
        onClose={() => setInviting(false)}
        onInvited={(invitation, email) => {
          setInviting(false);
          setInvited({ invitation, email });
          router.refresh();
        }}
      />
    </SettingsPage>
  );
}

function pageAt(asked: Asked, after?: string): string {
  const query = new URLSearchParams(Object.entries(asked).filter(([, value]) => value !== ""));
  if (after !== undefined) query.set("after", after);
  return query.size === 0 ? "/settings/users" : `/settings/users?${query}`;
}
