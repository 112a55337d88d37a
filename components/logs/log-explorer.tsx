"use client";

import type { QueryError } from "@/lib/logs/query.ts";
import { type LogSlug, logView } from "@/lib/logs/views.ts";
import { BadAddress } from "./bad-address.tsx";
import { LogList } from "./log-list.tsx";
import type { FirstPage } from "./use-log-list.ts";
import { useLogQuery } from "./use-log-query.ts";

type LogExplorerProps = {
  slug: LogSlug;
  /** Whose column settings are used. */
  userId: string;
  /** The first page of the address as the server read it, or what is wrong with the address. */
  first: FirstPage | { errors: readonly QueryError[] };
};

/** A log with all that belongs to it. The address says what is shown. */
export function LogExplorer({ slug, userId, first }: LogExplorerProps) {
  const view = logView(slug);
  const { parsed, change } = useLogQuery(view);
  return (
    <div className="flex h-full min-h-120 flex-col">
      {/* The strip of tabs names it. */}
      <h1 className="sr-only">{view.title}</h1>
      {parsed.errors ? (
        <BadAddress errors={parsed.errors} />
      ) : (
        <LogList
          view={view}
          userId={userId}
          query={parsed.query}
          change={change}
          first={"errors" in first ? undefined : first}
        />
      )}
    </div>
  );
}
