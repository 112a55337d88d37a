import Link from "next/link";
import { Moment } from "@/components/sources/moment.tsx";
import { cx } from "@/components/ui/cx.ts";
import { cellClass, headClass } from "@/components/ui/table-classes.ts";
import { ZoneName } from "@/components/ui/time-text.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { UserLine } from "@/lib/users/user.ts";
import { LockState, UserState } from "./user-state.tsx";

function roleOf({ role, sharedOnly }: UserLine): string {
  return sharedOnly && role === "auditor" ? "auditor, shared sessions only" : role;
}

/** People, by address; each leads to their page. */
export function UserTable({ users }: { users: readonly UserLine[] }) {
  return (
    <table className="w-full table-fixed border-collapse">
      <thead>
        <tr>
          <th scope="col" className={headClass}>
            Person
          </th>
          <th scope="col" className={cx(headClass, "w-56 max-md:hidden")}>
            Role
          </th>
          <th scope="col" className={cx(headClass, "w-52 max-lg:hidden")}>
            Login names
          </th>
          <th scope="col" className={cx(headClass, "w-44 max-lg:hidden")}>
            Last seen <ZoneName />
          </th>
          <th scope="col" className={cx(headClass, "w-36")}>
            State
          </th>
        </tr>
      </thead>
      <tbody>
        {users.map((user) => (
          <tr key={user.id} className="hover:bg-hover">
            <th scope="row" className={cx(cellClass, "text-left font-normal wrap-anywhere")}>
              <Link
                href={`/settings/users/${user.id}`}
                prefetch={false}
                className="font-medium text-accent hover:underline"
              >
                <VisibleText text={user.name} />
              </Link>
              {user.own && <span className="text-xs text-ink-2"> (you)</span>}
              <div className="text-xs text-ink-2">{user.email}</div>
              <div className="text-xs text-ink-2 md:hidden">{roleOf(user)}</div>
              <div className="text-xs text-ink-2 lg:hidden">
                {user.lastSeenAt === null ? (
                  "never seen"
                ) : (
                  <>
                    seen <Moment time={user.lastSeenAt} otherwise="" /> <ZoneName />
                  </>
                )}
              </div>
            </th>
            <td className={cx(cellClass, "max-md:hidden")}>{roleOf(user)}</td>
            <td className={cx(cellClass, "truncate max-lg:hidden")} title={user.logins.join(", ")}>
              {user.logins.length === 0 ? (
                <span className="text-ink-3">none</span>
              ) : (
                <VisibleText text={user.logins.join(", ")} />
              )}
            </td>
            <td className={cx(cellClass, "max-lg:hidden")}>
              <Moment time={user.lastSeenAt} otherwise="never" />
            </td>
            <td className={cellClass}>
              <UserState user={user} />
              <LockState lock={user.lock} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
