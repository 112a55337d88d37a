import { Badge } from "@/components/ui/badge.tsx";
import { TimeText } from "@/components/ui/time-text.tsx";
import { VisibleText } from "@/components/ui/visible-text.tsx";
import type { Kill } from "@/lib/kills/kill.ts";

type Step = { key: string; time: string; what: string; who: string; words: string };

/** When somebody asked for the end of a connection, when its host was told, and what became of it. */
export function KillSteps({ kills }: { kills: readonly Kill[] }) {
  return (
    <ul>
      {kills.flatMap(stepsOf).map(({ key, time, what, who, words }) => (
        <li
          key={key}
          className="flex flex-wrap items-baseline gap-x-3 border-b border-line py-1 last:border-0"
        >
          <TimeText time={time} withZone className="text-ink-2" />
          <Badge tone={what === "failed" || what === "undelivered" ? "failure" : "neutral"}>{what}</Badge>
          <span className="min-w-0 text-ink-2 wrap-anywhere">
            <VisibleText text={who} />
          </span>
          <span className="min-w-0 text-ink-2 wrap-anywhere">
            <VisibleText text={words} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function stepsOf(kill: Kill): Step[] {
  const { id, requestedAt, requestedBy, reason, acknowledgedAt, acknowledgedBy, settledAt, settledBy } = kill;
  const step = (what: string, time: string | null, who: string | null, words: string): Step[] =>
    time === null || who === null ? [] : [{ key: `${id} ${what}`, time, what, who, words }];
  return [
    ...step("requested", requestedAt, requestedBy, reason),
    ...step("acknowledged", acknowledgedAt, acknowledgedBy, ""),
    ...step(kill.state, settledAt, settledBy, kill.detail ?? kill.cause),
  ];
}
