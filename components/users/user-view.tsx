"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { AccessActions } from "@/components/security/access-actions.tsx";
import { Moment } from "@/components/sources/moment.tsx";
import { Breadcrumb } from "@/components/ui/breadcrumb.tsx";
import { SettingsPage } from "@/components/ui/settings-page.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { Role } from "@/lib/auth/roles.ts";
import type { Invitation, UserLine } from "@/lib/users/user.ts";
import { EditUser } from "./edit-user.tsx";
import { InvitationNotice } from "./invitation-notice.tsx";
import type { GroupChoice } from "./scope-fields.tsx";
import { UserActions } from "./user-actions.tsx";
import { UserState } from "./user-state.tsx";

type ViewProps = { user: UserLine; actor: Role; groups: readonly GroupChoice[]; seesAll: boolean };

/** The page of one person. */
export function UserView({ user, actor, groups, seesAll }: ViewProps) {
  const router = useRouter();
  // What the reader saw last: every change says so, and another's change since then is a conflict.
  const [seen, setSeen] = useState(user);
  const [invitation, setInvitation] = useState<Invitation>();
  function look(now: UserLine) {
    setSeen(now);
    router.refresh();
  }
  return (
    <SettingsPage
      title={<VisibleText text={user.name} />}
      about={<span className="wrap-anywhere">{user.email}</span>}
      above={<Breadcrumb href="/settings/users">Users</Breadcrumb>}
    >
      <Facts user={user} />
      {invitation && (
        <InvitationNotice
          key={invitation.expiresAt}
          invitation={invitation}
          email={user.email}
          onDone={() => setInvitation(undefined)}
        />
      )}
      {user.editable ? (
        <>
          <EditUser seen={seen} actor={actor} groups={groups} seesAll={seesAll} onSeen={look} />
          <section aria-label="Access" className="flex flex-col gap-2 border-t border-line pt-4">
            <h2 className="font-semibold">Access</h2>
            <UserActions
              user={seen}
              onSeen={look}
              onInvited={(made) => {
                setInvitation(made);
                router.refresh();
              }}
            />
            {!user.own && (
              <AccessActions
                id={user.id}
                email={user.email}
                locked={user.lock !== null}
                onUnlocked={() => router.refresh()}
              />
            )}
          </section>
        </>
      ) : (
        <p className="text-ink-2">
          This account is {user.role} or sees more than you do: you cannot change it.
        </p>
      )}
    </SettingsPage>
  );
}

const term = "text-xs text-ink-2";

function Facts({ user }: { user: UserLine }) {
  const { role, status, createdAt, lastSeenAt, invitedUntil, lock } = user;
  return (
    <dl className="flex flex-wrap gap-x-8 gap-y-3 border-y border-line py-3">
      <div>
        <dt className={term}>State</dt>
        <dd>
          <UserState user={user} />
        </dd>
      </div>
      {lock !== null && (
        <div>
          <dt className={term}>Locked out</dt>
          <dd>
            after {lock.tries} tries with wrong {lock.of}, until{" "}
            <Moment time={lock.until} otherwise="" withZone />
          </dd>
        </div>
      )}
      <div>
        <dt className={term}>Role</dt>
        <dd>{role}</dd>
      </div>
      {status === "invited" && (
        <div>
          <dt className={term}>Link can be used until</dt>
          <dd>
            <Moment time={invitedUntil} otherwise="not any more" withZone />
          </dd>
        </div>
      )}
      <div>
        <dt className={term}>Account made</dt>
        <dd>
          <Moment time={createdAt} otherwise="" withZone />
        </dd>
      </div>
      <div>
        <dt className={term}>Last seen</dt>
        <dd>
          <Moment time={lastSeenAt} otherwise="never" withZone />
        </dd>
      </div>
    </dl>
  );
}
