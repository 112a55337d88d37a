import { Moment } from "@/components/sources/moment.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import { cx } from "@/components/ui/cx.ts";
import { cellClass, headClass } from "@/components/ui/table-classes.ts";
import { ZoneName } from "@/components/ui/time-text.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { AccessLine } from "@/lib/access/access.ts";
import { reasonsOf, seesInShort } from "@/lib/access/reasons.ts";
import { mayGrant, type Role } from "@/lib/auth/roles.ts";
import { ChangeScope } from "./change-scope.tsx";

const wide = "max-lg:hidden";

type TableProps = {
  people: readonly AccessLine[];
  groups: readonly { id: string; name: string }[];
  /** The role of the reader who manages people; undefined for who does not. */
  manager: Role | undefined;
};

/** One person on each row; what they see opens to the reasons for it. */
export function AccessTable({ people, groups, manager }: TableProps) {
  return (
    <table className="w-full border-collapse">
      <thead>
        <tr>
          <th scope="col" className={headClass}>
            Person
          </th>
          <th scope="col" className={cx(headClass, "max-sm:hidden")}>
            Role
          </th>
          <th scope="col" className={cx(headClass, wide)}>
            State
          </th>
          <th scope="col" className={cx(headClass, wide)}>
            Second factor
          </th>
          <th scope="col" className={cx(headClass, "max-sm:hidden")}>
            Sees
          </th>
          <th scope="col" className={cx(headClass, wide, "text-right")}>
            API tokens
          </th>
          <th scope="col" className={cx(headClass, wide)}>
            Last seen <ZoneName />
          </th>
          {manager && (
            <th scope="col" className={headClass}>
              <span className="sr-only">Actions</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {people.map((line) => (
          <tr key={line.id} className="hover:bg-hover">
            <th scope="row" className={cx(cellClass, "text-left font-medium wrap-anywhere")}>
              <VisibleText text={line.email} />
              {line.name !== line.email && (
                <div className="text-xs font-normal text-ink-2">
                  <VisibleText text={line.name} />
                </div>
              )}
              <div className="text-xs font-normal text-ink-2 lg:hidden">
                <span className="sm:hidden">{line.role}, </span>
                {line.status}, {line.secondFactor ? "with" : "without"} a second factor, {tokensOf(line)},
                last seen <Moment time={line.lastSeenAt} otherwise="never" />{" "}
                {line.lastSeenAt !== null && <ZoneName />}
              </div>
              <div className="font-normal sm:hidden">
                <Sees line={line} />
              </div>
            </th>
            <td className={cx(cellClass, "max-sm:hidden")}>{line.role}</td>
            <td className={cx(cellClass, wide)}>
              <State status={line.status} />
            </td>
            <td className={cx(cellClass, wide)}>
              {line.secondFactor ? "on" : <span className="text-ink-3">off</span>}
            </td>
            <td className={cx(cellClass, "max-w-xl max-sm:hidden")}>
              <Sees line={line} />
            </td>
            <td className={cx(cellClass, wide, "text-right tabular-nums")}>{line.tokens}</td>
            <td className={cx(cellClass, wide, "whitespace-nowrap")}>
              <Moment time={line.lastSeenAt} otherwise="never" />
            </td>
            {manager && (
              <td className={cx(cellClass, "py-1 text-right")}>
                {line.role !== "superuser" && mayGrant(manager, line.role) && (
                  <ChangeScope line={line} groups={groups} />
                )}
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function tokensOf({ tokens }: AccessLine): string {
  return tokens === 0 ? "no API token" : `${tokens} API ${tokens === 1 ? "token" : "tokens"}`;
}

function State({ status }: { status: string }) {
  if (status === "disabled") return <Badge tone="denied">disabled</Badge>;
  return <Badge tone={status === "active" ? "good" : "faint"}>{status}</Badge>;
}

function Sees({ line }: { line: AccessLine }) {
  const { reach } = line;
  return (
    <details className="wrap-anywhere">
      <summary className="cursor-pointer">
        {seesInShort(line)}
        {reach !== "all" && line.status !== "disabled" && <Names reach={reach} />}
        <span className="sr-only">: why {line.email} may</span>
      </summary>
      <ul className="flex flex-col gap-1 border-l border-line py-1 pl-3 text-ink-2">
        {reasonsOf(line).map((reason) => (
          <li key={reason}>
            <VisibleText text={reason} />
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Names that are told before the rest is only counted. */
const told = 4;

function Names({ reach }: { reach: Exclude<AccessLine["reach"], "all"> }) {
  const names = [...reach.spaces, ...reach.targets];
  if (names.length === 0) return null;
  const more = names.length - told;
  return (
    <span className="text-ink-2">
      {": "}
      <VisibleText text={names.slice(0, told).join(", ")} />
      {more > 0 && ` and ${more} more`}
    </span>
  );
}
