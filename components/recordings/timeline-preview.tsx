"use client";

import { formatOffset } from "@/components/logs/format-values.ts";
import type { ScreenPicture } from "@/lib/recordings/screen-picture.ts";
import { pictureHeight, ScreenCanvas, type Theme } from "./screen-canvas.tsx";

type PreviewProps = {
  /** The moment that is pointed at, in microseconds of the recording. */
  us: number;
  /** Where it is on the timeline, from 0 to 1. */
  part: number;
  picture: ScreenPicture | undefined;
  theme: Theme;
};

const widest = 272;
const tallest = 190;

/** The time under the pointer and a small picture of the screen then. Those who do not point go there, and read it. */
export function TimelinePreview({ us, part, picture, theme }: PreviewProps) {
  const width = picture && Math.round(Math.min(widest, (widest * tallest) / pictureHeight(picture, widest)));
  const half = width === undefined ? "1.75rem" : `${Math.ceil(width / 2) + 5}px`;
  return (
    <div
      aria-hidden
      data-testid="preview"
      className="pointer-events-none absolute bottom-full z-10 mb-1 flex w-max -translate-x-1/2 flex-col items-center gap-1 rounded-md border border-line bg-surface p-1 text-xs tabular shadow-raised"
      style={{ left: `clamp(${half}, ${part * 100}%, calc(100% - ${half}))` }}
    >
      {picture && width !== undefined && <ScreenCanvas picture={picture} width={width} theme={theme} />}
      <span className="px-1">{formatOffset(us)}</span>
    </div>
  );
}
