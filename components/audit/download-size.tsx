"use client";

import { formatCount } from "@/components/logs/format-values.ts";
import { Button } from "@/components/ui/button.tsx";
import type { Download } from "@/lib/audit/download.ts";
import { useDownloadCount } from "./use-download-count.ts";

type DownloadSizeProps = {
  /** Undefined while the form is not filled in. */
  download: Download | undefined;
  round: number;
  /** Whether the log below lists just these rows. */
  listed: boolean;
  onList: () => void;
};

/** How many rows the file will have, and whether they are the ones below. */
export function DownloadSize({ download, round, listed, onList }: DownloadSizeProps) {
  const count = useDownloadCount(download, round);
  if (!download)
    return <p>Every event of the category, both days included to the last microsecond, in UTC.</p>;
  if (count?.error !== undefined) return <p className="text-failure">Not counted: {count.error}</p>;
  return (
    <p role="status" className="flex flex-wrap items-center gap-x-2 gap-y-1">
      <span className="tabular">
        {count === undefined
          ? "Counting …"
          : `${count.complete ? "" : "At least "}${eventsWords(count.rows)}.`}
      </span>
      {listed ? (
        "Listed below."
      ) : (
        <>
          The log below lists something else.
          <Button size="sm" onClick={onList}>
            List what the file will hold
          </Button>
        </>
      )}
    </p>
  );
}

function eventsWords(rows: number): string {
  return `${formatCount(rows)} ${rows === 1 ? "event" : "events"}`;
}
