"use client";

import { useMemo, useState } from "react";
import { formatOffset } from "@/components/logs/format-values.ts";
import { timelineOf } from "@/lib/recordings/activity.ts";
import type { IdleTime } from "@/lib/recordings/idle.ts";
import type { Playback } from "@/lib/recordings/playback.ts";
import type { RecordingHit } from "@/lib/recordings/recording-line.ts";
import type { Theme } from "./screen-canvas.tsx";
import { TimelinePreview } from "./timeline-preview.tsx";
import { useScreenAt } from "./use-screen-at.ts";

type TimelineProps = {
  recordingId: string;
  theme: Theme;
  playback: Playback;
  idle: IdleTime;
  atUs: number;
  hits: readonly RecordingHit[];
  onSeek: (us: number) => void;
};

const bins = 240;
/** Places to point at: as many pictures are asked for at most. */
const places = 480;
const height = 40;

/** Upright strokes at parts of the whole, as one path: of those that would lie on one another, one. */
function strokes(parts: readonly number[], top: number, bottom: number): string {
  const places = new Set(parts.map((part) => (part * bins).toFixed(1)));
  return [...places].map((x) => `M${x},${top}V${bottom}`).join("");
}

/** How much happened when, with commands and hits; as long as the player needs for it. */
export function Timeline({ recordingId, theme, playback, idle, atUs, hits, onSeek }: TimelineProps) {
  const { durationUs, activity, commands, markers, apiCalls } = playback;
  const whole = Math.max(1, idle.toPlayer(durationUs));
  const [pointed, setPointed] = useState<number>();
  const density = useMemo(() => {
    const counts = timelineOf(activity, whole, bins, (us) => idle.toPlayer(us));
    const most = Math.log1p(Math.max(1, ...counts));
    const points = counts.map((count, bin) => {
      const y = height - (Math.log1p(count) / most) * (height - 12);
      return `L${bin},${y.toFixed(1)} L${bin + 1},${y.toFixed(1)}`;
    });
    return `M0,${height} ${points.join(" ")} L${bins},${height} Z`;
  }, [activity, idle, whole]);
  const ticks = useMemo(() => {
    const places = [...commands, ...markers].map(({ timeUs }) => idle.toPlayer(timeUs) / whole);
    return strokes(places, height - 7, height);
  }, [commands, markers, idle, whole]);
  const calls = useMemo(() => {
    const places = apiCalls.map(({ timeUs }) => idle.toPlayer(timeUs) / whole);
    return strokes(places, height - 12, height - 8);
  }, [apiCalls, idle, whole]);
  const found = useMemo(
    () =>
      strokes(
        hits.map((hit) => idle.toPlayer(hit.atUs) / whole),
        0,
        9,
      ),
    [hits, idle, whole],
  );
  const value = Math.min(whole, idle.toPlayer(atUs));
  const pointedUs = pointed === undefined ? undefined : Math.round(idle.toRecording(pointed * whole));
  const picture = useScreenAt(recordingId, pointedUs);

  return (
    <div className="relative h-10 select-none">
      <svg
        aria-hidden
        viewBox={`0 0 ${bins} ${height}`}
        preserveAspectRatio="none"
        className="absolute inset-0 size-full"
      >
        <path d={density} className="fill-line-strong/40" />
        <rect x={0} y={0} width={(value / whole) * bins} height={height} className="fill-accent/15" />
        <path d={ticks} vectorEffect="non-scaling-stroke" className="stroke-ink-2" />
        <path d={calls} strokeWidth={2} vectorEffect="non-scaling-stroke" className="stroke-accent" />
        <path d={found} strokeWidth={2} vectorEffect="non-scaling-stroke" className="stroke-warning" />
        <line
          x1={(value / whole) * bins}
          x2={(value / whole) * bins}
          y1={0}
          y2={height}
          strokeWidth={2}
          vectorEffect="non-scaling-stroke"
          className="stroke-accent"
        />
      </svg>
      <input
        type="range"
        aria-label="Position"
        aria-valuetext={`${formatOffset(atUs)} of ${formatOffset(durationUs)}`}
        min={0}
        max={Math.ceil(whole / 1000)}
        value={Math.round(value / 1000)}
        onChange={(event) => onSeek(Math.round(idle.toRecording(Number(event.target.value) * 1000)))}
        onPointerMove={(event) => {
          const { left, width } = event.currentTarget.getBoundingClientRect();
          const part = Math.min(1, Math.max(0, (event.clientX - left) / width));
          setPointed(Math.round(part * places) / places);
        }}
        onPointerLeave={() => setPointed(undefined)}
        className="timeline-range absolute inset-0 m-0 size-full cursor-pointer appearance-none bg-transparent"
      />
      {pointed !== undefined && pointedUs !== undefined && (
        <TimelinePreview us={pointedUs} part={pointed} picture={picture} theme={theme} />
      )}
    </div>
  );
}
