"use client";

import "./player.css";
import { useRouter } from "next/navigation";
import { useCallback, useEffect, useRef, useState } from "react";
import { Badge, type Tone } from "@/components/ui/badge.tsx";
import { useCopy } from "@/components/ui/copy-button.tsx";
import { cx } from "@/components/ui/cx.ts";
import type { RecordingLine } from "@/lib/recordings/recording-line.ts";
import { CommandList } from "./command-list.tsx";
import { linkSeconds } from "./link-seconds.ts";
import { LiveControls } from "./live-controls.tsx";
import { Rewound, type RewoundHandle } from "./rewound.tsx";
import { useDark } from "./use-dark.ts";
import { type LiveState, useLiveSession } from "./use-live-session.ts";

/** Calls to an API are told when the session is over. */
const noCalls: [] = [];
/** Between two looks at the clock, while the page is in sight. */
const tickMs = 1000;

/** `startUs`: the moment that a link names, which is shown first. */
type PaneProps = { line: RecordingLine; startUs: number | undefined };

/** A session that is under way: its screen as it is now, and the way back to what it showed. */
export function LivePane({ line, startUs }: PaneProps) {
  const box = useRef<HTMLDivElement>(null);
  const rewound = useRef<RewoundHandle>(null);
  const router = useRouter();
  const dark = useDark();
  const { state, isStored, commands, now } = useLiveSession(box, line.id, dark);
  const [nowUs, setNowUs] = useState(0);
  const [speed, setSpeed] = useState(1);
  /** Where somebody went back to, and where that has come meanwhile. */
  const [back, setBack] = useState<{ startUs: number; atUs: number; playing: boolean } | undefined>(
    startUs === undefined ? undefined : { startUs, atUs: startUs, playing: true },
  );
  const copy = useCopy();

  useEffect(() => {
    if (isStored) router.refresh();
  }, [isStored, router]);
  useEffect(() => {
    if (state === "over") return;
    setNowUs(now());
    const timer = setInterval(() => setNowUs(now()), tickMs);
    return () => clearInterval(timer);
  }, [state, now]);

  function seek(us: number) {
    if (back) rewound.current?.seek(us);
    else setBack({ startUs: us, atUs: us, playing: true });
  }
  const moved = useCallback((atUs: number, playing: boolean) => {
    setBack((known) => known && { ...known, atUs, playing });
  }, []);
  const toLive = useCallback(() => {
    setBack(undefined);
    setSpeed(1);
  }, []);
  function copyLink() {
    const url = new URL(window.location.href);
    url.searchParams.set("t", String(linkSeconds(back?.atUs ?? now())));
    void copy(url.href);
  }
  const shown = back && state !== "away";

  return (
    <section aria-label="The session as it happens" className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="flex items-center gap-2 text-ink-2" role="status">
          <span className="shrink-0">
            {shown ? <Badge>earlier</Badge> : <Badge tone={words[state].tone}>{words[state].mark}</Badge>}
          </span>
          {shown ? "You see what was on the screen at an earlier moment." : words[state].says}
        </p>
      </div>
      <div
        className={cx(
          "grid gap-4 lg:grid-cols-[minmax(0,1fr)_20rem]",
          // With its size: the player measures its letters.
          state === "away" && "invisible h-0 overflow-hidden",
        )}
      >
        <div className="flex min-w-0 flex-col gap-1">
          <div className="relative h-[min(62dvh,44rem)] min-h-64 overflow-hidden rounded-md border border-line">
            <div
              ref={box}
              role="img"
              aria-label="The terminal"
              className={cx("size-full overflow-auto scroll-thin bg-sunken", back && "invisible")}
            />
            {back && (
              <Rewound
                ref={rewound}
                recordingId={line.id}
                dark={dark}
                speed={speed}
                startUs={back.startUs}
                onMoved={moved}
                onCaughtUp={toLive}
              />
            )}
          </div>
          <LiveControls
            nowUs={nowUs}
            atUs={back?.atUs}
            playing={back?.playing ?? true}
            speed={speed}
            onSpeed={setSpeed}
            onSeek={seek}
            onToggle={() => rewound.current?.toggle()}
            onLive={toLive}
            onCopyLink={copyLink}
          />
        </div>
        <aside
          aria-label="Commands"
          className="flex min-h-0 flex-col gap-2 max-lg:max-h-96 lg:h-[calc(min(62dvh,44rem)+3.75rem)]"
        >
          <h2 className="px-2 text-xs font-medium text-ink-2">
            {commands.length === 1 ? "1 command" : `${commands.length} commands`}
          </h2>
          <CommandList commands={commands} calls={noCalls} atUs={back?.atUs ?? nowUs} onSeek={seek} />
        </aside>
      </div>
    </section>
  );
}

const words: { readonly [state in LiveState]: { tone: Tone; mark: string; says: string } } = {
  connecting: { tone: "neutral", mark: "connecting", says: "The session is being looked for." },
  live: { tone: "live", mark: "live", says: "You see what is on the screen now." },
  lost: {
    tone: "warning",
    mark: "cut off",
    says: "The connection to the host is lost. The session goes on if it comes back within 10 minutes.",
  },
  away: {
    tone: "warning",
    mark: "cut off",
    says: "The host is not connected. What it showed can be played once it is back, or after 10 minutes, when the session is over.",
  },
  over: { tone: "neutral", mark: "over", says: "The session has ended." },
};
