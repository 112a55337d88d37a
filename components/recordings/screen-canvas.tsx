"use client";

import { useEffect, useRef } from "react";
import { type PictureColour, pictureFlags, type ScreenPicture } from "@/lib/recordings/screen-picture.ts";

type CanvasProps = {
  picture: ScreenPicture;
  /** CSS pixels. */
  width: number;
  theme: Theme;
};

/** The colours of a terminal: its letters, its ground, and the palette's first sixteen. */
export type Theme = { foreground: string; background: string; palette: readonly string[] };

/** The height of a letter's cell for its width. */
const cellRatio = 2;

/** How high a picture of this width is, in CSS pixels. */
export function pictureHeight({ columns, rows }: ScreenPicture, width: number): number {
  return (width / columns) * cellRatio * rows;
}

/** A small picture of a terminal. What is on it can be read in the player and in the text. */
export function ScreenCanvas({ picture, width, theme }: CanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const height = Math.round(pictureHeight(picture, width));
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (!element || !context) return;
    const scale = Math.max(1, window.devicePixelRatio);
    element.width = Math.round(width * scale);
    element.height = Math.round(height * scale);
    draw(context, picture, theme, element.width / picture.columns);
  }, [picture, width, height, theme]);
  return <canvas ref={canvas} aria-hidden style={{ width, height }} className="block" />;
}

function draw(context: CanvasRenderingContext2D, picture: ScreenPicture, theme: Theme, cell: number): void {
  const row = cell * cellRatio;
  context.fillStyle = theme.background;
  context.fillRect(0, 0, context.canvas.width, context.canvas.height);
  context.textBaseline = "middle";
  const fonts = ["", "bold "].map((weight) => `${weight}${cell / 0.6}px "Geist Mono Variable", monospace`);
  for (const [line, runs] of picture.lines.entries()) {
    let column = 0;
    for (const [cells, text, foreground, background, flags] of runs) {
      const inverse = (flags & pictureFlags.inverse) !== 0;
      const bold = (flags & pictureFlags.bold) !== 0;
      const letters = colourOf(foreground, theme) ?? theme.foreground;
      const ground = colourOf(background, theme);
      const behind = inverse ? letters : ground;
      if (behind !== undefined) {
        context.fillStyle = behind;
        context.fillRect(column * cell, line * row, cells * cell, row);
      }
      context.fillStyle = inverse ? (ground ?? theme.background) : letters;
      context.globalAlpha = flags & pictureFlags.faint ? 0.6 : 1;
      context.font = fonts[bold ? 1 : 0] ?? "";
      if (text.trim() !== "")
        context.fillText(text, column * cell, (line + 0.5) * row, Math.max(1, cells * cell));
      if (flags & pictureFlags.underline)
        context.fillRect(column * cell, (line + 0.9) * row, cells * cell, Math.max(1, row / 14));
      context.globalAlpha = 1;
      column += cells;
    }
  }
}

/** The levels of the 6 × 6 × 6 colours behind the first sixteen. */
const levels = [0, 95, 135, 175, 215, 255];

function colourOf(colour: PictureColour, { palette }: Theme): string | undefined {
  if (colour === null) return undefined;
  if (typeof colour === "string") return /^#[0-9a-f]{6}$/.test(colour) ? colour : undefined;
  if (colour < 16) return palette[colour];
  if (colour >= 232) {
    const grey = 8 + (colour - 232) * 10;
    return `rgb(${grey} ${grey} ${grey})`;
  }
  const place = colour - 16;
  const parts = [Math.floor(place / 36), Math.floor(place / 6) % 6, place % 6].map(
    (each) => levels[each] ?? 0,
  );
  return `rgb(${parts.join(" ")})`;
}
