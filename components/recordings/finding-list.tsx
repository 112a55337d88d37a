import { formatOffset } from "@/components/logs/format-values.ts";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { Finding } from "@/lib/recordings/session.ts";

/** What was wrong with a recording and what was done about it. */
export function FindingList({ findings }: { findings: readonly Finding[] }) {
  return (
    <ul className="list-disc pt-1 pl-5">
      {findings.map(({ code, timeUs, message, count }) => (
        <li key={`${code} ${message}`} className="wrap-anywhere">
          <VisibleText text={message} />
          <span className="text-ink-2 tabular">
            {timeUs !== undefined && timeUs !== null && ` First at ${formatOffset(timeUs)}.`}
            {count > 1 && ` ${count} times.`}
          </span>
        </li>
      ))}
    </ul>
  );
}
