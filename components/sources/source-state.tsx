import type { Liveness } from "@/components/shell/follow-events.ts";
import { Badge, type Tone } from "@/components/ui/badge.tsx";
import type { SourceState as State } from "@/lib/ingest/source-line.ts";

const words: { readonly [S in State]: { tone: Tone; word: string } } = {
  receiving: { tone: "live", word: "receiving" },
  quiet: { tone: "neutral", word: "quiet" },
  never: { tone: "faint", word: "never" },
  stopped: { tone: "denied", word: "stopped" },
};

/** What a state means, for a reader who asks. */
const stateMeanings: { readonly [S in State]: string } = {
  receiving: "Posted records in the last five minutes",
  quiet: "Posted records, but none in the last five minutes",
  never: "Has not posted a record yet",
  stopped: "Stopped by somebody: its token is refused",
};

export function SourceState({ state }: { state: State }) {
  const { tone, word } = words[state];
  return (
    <span title={stateMeanings[state]} className="inline-block min-w-20">
      <Badge tone={tone}>{word}</Badge>
    </span>
  );
}

/** Whether the figures on the page follow what happens. */
export function LivenessMark({ liveness }: { liveness: Liveness }) {
  return (
    <span role="status" className="text-xs text-ink-2">
      {liveness === "live" && <Badge tone="live">Live</Badge>}
      {liveness === "connecting" && <Badge tone="faint">Connecting …</Badge>}
      {liveness === "refused" && <Badge tone="failure">Not live, trying again</Badge>}
    </span>
  );
}
