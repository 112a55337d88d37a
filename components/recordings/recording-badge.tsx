import { Badge, type Tone } from "@/components/ui/badge.tsx";
import type { RecordingState } from "@/lib/recordings/recording-line.ts";

const looks: { [state in RecordingState]: { tone: Tone; word: string } } = {
  live: { tone: "live", word: "live" },
  ready: { tone: "good", word: "ready" },
  logged: { tone: "neutral", word: "logged" },
  processing: { tone: "neutral", word: "processing" },
  failed: { tone: "failure", word: "failed" },
  deleted: { tone: "faint", word: "deleted" },
};

/** What became of a recording; denied attempts in it are worth more than that it is ready. */
export function RecordingBadge({ state, denied }: { state: RecordingState; denied: boolean }) {
  if ((state === "ready" || state === "logged") && denied)
    return <Badge tone="denied">denied attempts</Badge>;
  const badge = <Badge tone={looks[state].tone}>{looks[state].word}</Badge>;
  if (state !== "live" || !denied) return badge;
  return (
    <span className="flex gap-2">
      {badge} <Badge tone="denied">denied</Badge>
    </span>
  );
}
