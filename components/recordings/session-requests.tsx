"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { useCallback, useMemo } from "react";
import { BadAddress } from "@/components/logs/bad-address.tsx";
import { filterParams, searchString } from "@/components/logs/conditions.ts";
import { LogList } from "@/components/logs/log-list.tsx";
import type { ChangeQuery } from "@/components/logs/use-log-query.ts";
import { Button } from "@/components/ui/button.tsx";
import type { Condition, LogQuery, Within } from "@/lib/logs/query.ts";
import {
  formatSessionQuery,
  parseSessionQuery,
  type RequestKind,
  sessionView,
} from "@/lib/logs/session-view.ts";

type SessionProps = { within: Within; kind: RequestKind; userId: string };

/** The queries or requests of one connection, in the order in which they were asked. The address says which. */
export function SessionRequests({ within, kind, userId }: SessionProps) {
  const view = useMemo(() => sessionView(kind), [kind]);
  const path = usePathname();
  const text = useSearchParams().toString();
  const parsed = useMemo(
    () => parseSessionQuery(view, within, new URLSearchParams(text)),
    [view, within, text],
  );
  const change = useCallback<ChangeQuery>(
    (query, mode = "push") => {
      const url = `${path}${searchString(formatSessionQuery(query))}`;
      if (mode === "push") window.history.pushState(null, "", url);
      else window.history.replaceState(null, "", url);
    },
    [path],
  );
  if (parsed.errors) return <BadAddress errors={parsed.errors} />;
  return (
    <section
      aria-label={view.title}
      className="flex h-[calc(100dvh-16rem)] min-h-120 flex-col overflow-hidden rounded-md border border-line"
    >
      <Shortcuts query={parsed.query} change={change} />
      <LogList
        view={view}
        userId={userId}
        query={parsed.query}
        change={change}
        first={undefined}
        settings={`${view.slug}.${kind}`}
      />
    </section>
  );
}

const shortcuts: { name: string; conditions: Condition[] }[] = [
  { name: "All", conditions: [] },
  {
    name: "Failed and denied",
    conditions: [{ filter: "outcome", operator: "is", not: false, values: ["failure", "denied"] }],
  },
  {
    name: "Over 100 ms",
    conditions: [{ filter: "duration", operator: "is", not: false, values: ["100000.."] }],
  },
  {
    name: "Over 1 s",
    conditions: [{ filter: "duration", operator: "is", not: false, values: ["1000000.."] }],
  },
];

/** What is looked for first. */
function Shortcuts({ query, change }: { query: LogQuery; change: ChangeQuery }) {
  const { after: _, row: __, ...rest } = query;
  const asked = filterParams({ ...rest, time: {} }).toString();
  return (
    <div className="flex flex-wrap items-center gap-1 px-2 pt-1.5 sm:px-3">
      {shortcuts.map(({ name, conditions }) => {
        const wanted = { ...rest, conditions };
        const current = filterParams({ ...wanted, time: {} }).toString() === asked;
        return (
          <Button key={name} look="quiet" size="sm" aria-pressed={current} onClick={() => change(wanted)}>
            <span className={current ? "font-semibold underline underline-offset-4" : ""}>{name}</span>
          </Button>
        );
      })}
    </div>
  );
}
