"use client";

import { ClipboardCopy, Link2, Maximize, Pause, Play, SkipBack, SkipForward } from "lucide-react";
import type { ReactNode } from "react";
import { formatOffset } from "@/components/logs/format-values.ts";
import { Button } from "@/components/ui/button.tsx";
import { Checkbox, Select } from "@/components/ui/input.tsx";

export const speeds = [0.5, 1, 1.5, 2, 3, 5, 10] as const;

/** The recording's own colours, or those of the page where it has none; or Daybook's light or dark ones. */
export type Colours = keyof typeof colourNames;
const colourNames = { own: "Own colours", light: "Light", dark: "Dark" } as const;

type ControlsProps = {
  atUs: number;
  durationUs: number;
  playing: boolean;
  ready: boolean;
  onToggle: () => void;
  onMarker: (which: "prev" | "next") => void;
  speed: number;
  onSpeed: (speed: number) => void;
  colours: Colours;
  onColours: (colours: Colours) => void;
  /** Undefined where pauses of this recording cannot be shortened. */
  idleSeconds: number | undefined;
  skipping: boolean;
  onSkipping: (skipping: boolean) => void;
  onCopyScreen: () => void;
  onCopyLink: () => void;
  onFullScreen: () => void;
};

export function PlayerControls(props: ControlsProps) {
  const { atUs, durationUs, playing, ready, speed, idleSeconds, skipping } = props;
  return (
    <div className="flex flex-wrap items-center gap-1">
      <Control label={playing ? "Pause" : "Play"} hint="Space" disabled={!ready} onClick={props.onToggle}>
        {playing ? <Pause aria-hidden className="size-4" /> : <Play aria-hidden className="size-4" />}
      </Control>
      <Control
        label="Previous command or marker"
        hint="["
        disabled={!ready}
        onClick={() => props.onMarker("prev")}
      >
        <SkipBack aria-hidden className="size-4" />
      </Control>
      <Control
        label="Next command or marker"
        hint="]"
        disabled={!ready}
        onClick={() => props.onMarker("next")}
      >
        <SkipForward aria-hidden className="size-4" />
      </Control>
      <span className="px-1 text-ink-2 tabular" data-testid="clock">
        <span className="text-ink">{formatOffset(atUs)}</span> / {formatOffset(durationUs)}
      </span>
      <span className="flex-1" />
      {idleSeconds !== undefined && (
        // biome-ignore lint/a11y/noLabelWithoutControl: the checkbox is inside
        <label className="flex h-8 items-center gap-1.5 px-1 text-ink-2">
          <Checkbox checked={skipping} onChange={(event) => props.onSkipping(event.target.checked)} />
          Skip pauses over {idleSeconds} s
        </label>
      )}
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
      <Select
        aria-label="Colours"
        value={props.colours}
        onChange={({ target: { value } }) => {
          if (value === "own" || value === "light" || value === "dark") props.onColours(value);
        }}
        className="w-auto!"
      >
        {Object.entries(colourNames).map(([each, name]) => (
          <option key={each} value={each}>
            {name}
          </option>
        ))}
      </Select>
      <Control label="Copy the text on the screen" disabled={!ready} onClick={props.onCopyScreen}>
        <ClipboardCopy aria-hidden className="size-4" />
      </Control>
      <Control label="Copy a link to this second" onClick={props.onCopyLink}>
        <Link2 aria-hidden className="size-4" />
      </Control>
      <Control label="Full screen" hint="f" onClick={props.onFullScreen}>
        <Maximize aria-hidden className="size-4" />
      </Control>
    </div>
  );
}

type ControlProps = {
  label: string;
  hint?: string;
  disabled?: boolean;
  onClick: () => void;
  children: ReactNode;
};

function Control({ label, hint, disabled = false, onClick, children }: ControlProps) {
  return (
    <Button
      look="quiet"
      square
      aria-label={label}
      title={hint === undefined ? label : `${label} (${hint})`}
      disabled={disabled}
      onClick={onClick}
    >
      {children}
    </Button>
  );
}
