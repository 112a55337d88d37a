import Link from "next/link";
import { useMayOpen } from "@/components/shell/own-pages.tsx";
import { catalogEntries } from "@/lib/audit/catalog.ts";
import { downloadOf } from "@/lib/audit/download.ts";
import type { LogQuery } from "@/lib/logs/query.ts";

/** How events of the category that is asked for get into the log. */
export function CategoryHint({ query }: { query: LogQuery }) {
  const mayAddSources = useMayOpen("/settings/sources");
  const { category } = downloadOf(query);
  const entries = catalogEntries().filter((entry) => entry.category === category);
  if (entries.length === 0) return null;
  const own = entries.filter(({ foreign }) => !foreign).map(({ title }) => title);
  const foreign = entries.filter((entry) => entry.foreign).map(({ title }) => title);
  return (
    <div className="flex max-w-3xl flex-col gap-1 text-ink-2">
      {own.length > 0 && (
        <p>
          Daybook writes these of {category} as they happen: {own.join(", ")}.
        </p>
      )}
      {foreign.length > 0 && (
        <p>
          {own.length > 0 ? "Other products send these" : `Events of ${category} come from other products`}:{" "}
          {foreign.join(", ")}. They post them as <code className="font-mono text-xs">audit-log</code> records
          with the token of a source of kind native, made under{" "}
          {mayAddSources ? (
            <Link href="/settings/sources" prefetch={false} className="text-accent underline">
              Settings → Sources
            </Link>
          ) : (
            "Settings → Sources by an admin"
          )}
          .
        </p>
      )}
    </div>
  );
}
