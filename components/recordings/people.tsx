import Form from "next/form";
import Link from "next/link";
import { formatCount } from "@/components/logs/format-values.ts";
import { Moment } from "@/components/sources/moment.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import { cx } from "@/components/ui/cx.ts";
import { Input } from "@/components/ui/input.tsx";
import { ZoneName } from "@/components/ui/time-text.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { RecordedPerson } from "@/lib/recordings/recording-line.ts";
import { type RecordingsQuery, recordingsHref } from "@/lib/recordings/recordings-query.ts";
import { KeptFields } from "./recording-filters.tsx";

/** Who has recordings, those with sessions under way first. On a narrow screen the list makes room for a chosen person. */
export function People({ query, people }: { query: RecordingsQuery; people: readonly RecordedPerson[] }) {
  return (
    <nav aria-label="People" className="flex min-w-0 flex-col gap-2">
      <search className={cx(query.user !== "" && "max-md:hidden")}>
        <Form action="/recordings" prefetch={false}>
          <KeptFields query={query} without={["match"]} />
          <Input
            key={query.match}
            type="search"
            name="match"
            aria-label="Find a person"
            placeholder="Find a person"
            defaultValue={query.match}
            maxLength={256}
          />
        </Form>
      </search>
      <p className={cx("px-2 text-xs text-ink-2", query.user !== "" && "max-md:hidden")}>
        Latest session <ZoneName />
      </p>
      <ul className="flex flex-col max-md:max-h-44 md:max-h-[70vh] overflow-y-auto scroll-thin">
        <li>
          <PersonLink href={recordingsHref(query, { user: "" })} current={query.user === ""}>
            <span className="flex-1 font-medium">Everybody</span>
          </PersonLink>
        </li>
        {people.map(({ user, count, live, lastAt }) => (
          <li key={user} className={cx(query.user !== "" && query.user !== user && "max-md:hidden")}>
            <PersonLink href={recordingsHref(query, { user })} current={query.user === user}>
              <span className="min-w-0 flex-1">
                <span className="block truncate font-medium" title={user}>
                  <VisibleText text={user} />
                </span>
                <span className="block truncate text-xs text-ink-2">
                  <span className="sr-only">latest </span>
                  <Moment time={lastAt} otherwise="" />
                </span>
              </span>
              {live > 0 && (
                <span className="text-xs">
                  <Badge tone="live">{live === 1 ? "live" : `${live} live`}</Badge>
                </span>
              )}
              <span className="text-xs text-ink-2 tabular">
                {formatCount(count)}
                <span className="sr-only"> {count === 1 ? "recording" : "recordings"}</span>
              </span>
            </PersonLink>
          </li>
        ))}
        {people.length === 0 && (
          <li className="px-2 py-1.5 text-ink-2">
            {query.match === "" ? "Nobody yet." : "Nobody by that name."}
          </li>
        )}
      </ul>
    </nav>
  );
}

function PersonLink({
  href,
  current,
  children,
}: {
  href: string;
  current: boolean;
  children: React.ReactNode;
}) {
  return (
    <Link
      href={href}
      prefetch={false}
      {...(current && { "aria-current": "page" })}
      className={cx(
        "flex items-center gap-2 rounded-md px-2 py-1.5 focus-visible:outline-offset-[-2px]",
        current ? "bg-accent-soft text-ink" : "hover:bg-hover",
      )}
    >
      {children}
    </Link>
  );
}
