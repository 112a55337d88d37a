"use client";

import { useMemo, useRef, useState } from "react";
import { ErrorNotice } from "@/components/logs/error-notice.tsx";
import { useCopy } from "@/components/ui/copy-button.tsx";
import { IdleTime } from "@/lib/recordings/idle.ts";
import type { Playback } from "@/lib/recordings/playback.ts";
import type { RecordingHit } from "@/lib/recordings/recording-line.ts";
import { CommandList } from "./command-list.tsx";
import { linkSeconds } from "./link-seconds.ts";
import "./player.css";
import { type Colours, PlayerControls } from "./player-controls.tsx";
import { RecordingSearch } from "./recording-search.tsx";
import { terminalTheme } from "./terminal-theme.ts";
import { Timeline } from "./timeline.tsx";
import { useDark } from "./use-dark.ts";
import { usePlayer } from "./use-player.ts";
import { usePlayerKeys } from "./use-player-keys.ts";

type PaneProps = { recordingId: string; playback: Playback; startUs: number };

const none: readonly RecordingHit[] = [];
const defaultIdleSeconds = 2;
/** The longest limit that the server takes. */
const mostIdleSeconds = 60;

/** The terminal, its controls and timeline; at the right the search and the commands, which follow. */
export function PlayerPane({ recordingId, playback, startUs }: PaneProps) {
  const frame = useRef<HTMLDivElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const copy = useCopy();
  const pageIsDark = useDark();
  const [colours, setColours] = useState<Colours>("own");
  const own = colours === "own";
  const dark = own ? pageIsDark : colours === "dark";
  const [skipping, setSkipping] = useState(true);
  const [speed, setSpeed] = useState(1);
  const [hits, setHits] = useState<RecordingHit[]>();
  const { pauses, durationUs, commands, apiCalls, index } = playback;
  const ownTheme = index.term.theme;
  const theme = useMemo(() => terminalTheme(own ? ownTheme : undefined, dark), [own, ownTheme, dark]);
  // Of a recording with very many pauses only the longer ones are known.
  const shortest = Math.max(defaultIdleSeconds, pauses.shortestUs / 1e6);
  const limit = shortest > mostIdleSeconds ? undefined : shortest;
  const idleSeconds = skipping ? limit : undefined;
  const idle = useMemo(
    () => new IdleTime(pauses, idleSeconds === undefined ? undefined : idleSeconds * 1e6),
    [pauses, idleSeconds],
  );
  const { atUs, playing, ready, error, seek, toggle, retry, player } = usePlayer(box, {
    recordingId,
    idle,
    idleSeconds,
    speed,
    dark,
    own,
    startUs,
  });

  function fillScreen() {
    if (document.fullscreenElement) void document.exitFullscreen();
    else void frame.current?.requestFullscreen();
  }
  usePlayerKeys(player, fillScreen);

  function copyScreen() {
    const lines = [...(box.current?.querySelectorAll(".ap-line") ?? [])];
    void copy(
      lines
        .map((line) => (line.textContent ?? "").trimEnd())
        .join("\n")
        .trimEnd(),
    );
  }
  function copyLink() {
    const url = new URL(window.location.href);
    url.searchParams.set("t", String(linkSeconds(atUs)));
    void copy(url.href);
  }

  return (
    <div className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <div ref={frame} className="flex min-w-0 flex-col gap-1 bg-canvas fullscreen:p-3">
        {error && <ErrorNotice error={error} what="The recording cannot be played." onRetry={retry} />}
        {/* biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: Space and the button do the same */}
        <div
          ref={box}
          onClick={() => window.getSelection()?.isCollapsed !== false && toggle()}
          className="h-[min(62dvh,44rem)] min-h-64 overflow-auto rounded-md border border-line scroll-thin bg-sunken player-box"
        />
        <Timeline
          recordingId={recordingId}
          theme={theme}
          playback={playback}
          idle={idle}
          atUs={atUs}
          hits={hits ?? none}
          onSeek={seek}
        />
        <PlayerControls
          atUs={atUs}
          durationUs={durationUs}
          playing={playing}
          ready={ready}
          onToggle={toggle}
          onMarker={(marker) => void player.current?.seek({ marker })}
          speed={speed}
          onSpeed={setSpeed}
          colours={colours}
          onColours={setColours}
          idleSeconds={limit}
          skipping={skipping}
          onSkipping={setSkipping}
          onCopyScreen={copyScreen}
          onCopyLink={copyLink}
          onFullScreen={fillScreen}
        />
      </div>
      <aside
        aria-label="Commands and search"
        className="flex min-h-0 flex-col gap-2 max-lg:max-h-128 lg:h-[calc(min(62dvh,44rem)+4.75rem)]"
      >
        <RecordingSearch recordingId={recordingId} hits={hits} onHits={setHits} onSeek={seek} />
        <h2 className="px-2 text-xs font-medium text-ink-2">
          {commands.length === 1 ? "1 command" : `${commands.length} commands`}
          {apiCalls.length > 0 && (apiCalls.length === 1 ? ", 1 API call" : `, ${apiCalls.length} API calls`)}
        </h2>
        <CommandList commands={commands} calls={apiCalls} atUs={atUs} onSeek={seek} />
      </aside>
    </div>
  );
}
