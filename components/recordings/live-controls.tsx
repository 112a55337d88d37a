"use client";

import { Link2, Pause, Play, RotateCcw } from "lucide-react";
import { formatOffset } from "@/components/logs/format-values.ts";
import { Button } from "@/components/ui/button.tsx";
import { cx } from "@/components/ui/cx.ts";
import { Select } from "@/components/ui/input.tsx";
import { speeds } from "./player-controls.tsx";

type ControlsProps = {
  nowUs: number;
  /** The moment that is shown; undefined while it is now. */
  atUs: number | undefined;
  playing: boolean;
  speed: number;
  onSpeed: (speed: number) => void;
  onSeek: (us: number) => void;
  onToggle: () => void;
  onLive: () => void;
  onCopyLink: () => void;
};

/** The slider's step: a second, in milliseconds. */
const stepMs = 1000;
const backUs = 10_000_000;

/** A timeline that grows with the session, and the ways back and forth on it. */
export function LiveControls(props: ControlsProps) {
  const { nowUs, atUs, playing, speed } = props;
  const mostMs = Math.max(stepMs, Math.floor(nowUs / 1000 / stepMs) * stepMs);
  const shownMs = atUs === undefined ? mostMs : Math.min(mostMs, atUs / 1000);
  const part = `${(shownMs / mostMs) * 100}%`;
  const moment = `${formatOffset(atUs ?? nowUs)} of ${formatOffset(nowUs)}`;
  return (
    <>
      <div className="relative h-6 select-none">
        <span aria-hidden className="absolute inset-x-0 top-2.5 h-1 rounded-full bg-line-strong/60" />
        <span
          aria-hidden
          className={cx(
            "absolute top-2.5 left-0 h-1 rounded-full",
            atUs === undefined ? "bg-live" : "bg-accent",
          )}
          style={{ width: part }}
        />
        <span
          aria-hidden
          className={cx(
            "absolute top-1.5 size-3 -translate-x-1/2 rounded-full border-2 border-canvas",
            atUs === undefined ? "bg-live" : "bg-accent",
          )}
          style={{ left: part }}
        />
        <input
          type="range"
          aria-label="Position"
          aria-valuetext={atUs === undefined ? `now, ${moment}` : moment}
          min={0}
          max={mostMs}
          step={stepMs}
          value={Math.round(shownMs / stepMs) * stepMs}
          onChange={(event) => {
            const ms = Number(event.target.value);
            if (ms >= mostMs) props.onLive();
            else props.onSeek(ms * 1000);
          }}
          className="timeline-range absolute inset-0 m-0 size-full cursor-pointer appearance-none bg-transparent"
        />
      </div>
      <div className="flex min-h-8 flex-wrap items-center gap-1">
        <Button
          look="quiet"
          square
          aria-label={atUs !== undefined && playing ? "Pause" : "Play"}
          disabled={atUs === undefined}
          onClick={props.onToggle}
        >
          {atUs === undefined || playing ? (
            <Pause aria-hidden className="size-4" />
          ) : (
            <Play aria-hidden className="size-4" />
          )}
        </Button>
        <Button look="quiet" onClick={() => props.onSeek(Math.max(0, (atUs ?? nowUs) - backUs))}>
          <RotateCcw aria-hidden className="size-4" /> 10 s back
        </Button>
        <span className="px-1 text-ink-2 tabular" data-testid="clock">
          <span className="text-ink">{formatOffset(atUs ?? nowUs)}</span> / {formatOffset(nowUs)}
        </span>
        <span className="flex-1" />
        <Button
          look="quiet"
          square
          aria-label="Copy a link to this second"
          title="Copy a link to this second"
          onClick={props.onCopyLink}
        >
          <Link2 aria-hidden className="size-4" />
        </Button>
        {atUs !== undefined && (
          <>
            <Select
              aria-label="Speed"
              value={speed}
              onChange={(event) => props.onSpeed(Number(event.target.value))}
              className="w-auto!"
            >
              {speeds.map((each) => (
                <option key={each} value={each}>
                  {each}×
                </option>
              ))}
            </Select>
            <Button look="primary" onClick={props.onLive}>
              Back to live
            </Button>
          </>
        )}
      </div>
    </>
  );
}
