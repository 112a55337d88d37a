import type { HeadlessTerminal } from "@/lib/recordings/terminal.ts";

/** A colour: one of the palette's 256 by its number, any by `#rrggbb`, or null for the terminal's own. */
export type PictureColour = number | string | null;

/** Cells of one look side by side: how many, what they say, their colours and {@link pictureFlags}. */
export type PictureRun = [
  cells: number,
  text: string,
  foreground: PictureColour,
  background: PictureColour,
  flags: number,
];

/** A screen as it was, small enough to be sent whenever a pointer moves. Trailing blanks are left out. */
export type ScreenPicture = {
  /** Microseconds of the recording. */
  atUs: number;
  columns: number;
  rows: number;
  lines: PictureRun[][];
};

export const pictureFlags = { bold: 1, faint: 2, inverse: 4, underline: 8 } as const;

/** The screen that a terminal shows. */
export function pictureOf(terminal: HeadlessTerminal, atUs: number): ScreenPicture {
  const { cols, rows, buffer } = terminal.xterm;
  const { active } = buffer;
  const cell = active.getNullCell();
  const lines: PictureRun[][] = [];
  for (let row = 0; row < rows; row++) {
    const line = active.getLine(active.baseY + row);
    const runs: PictureRun[] = [];
    let wide = false;
    for (let column = 0; line !== undefined && column < cols; column++) {
      const here = line.getCell(column, cell);
      const width = here?.getWidth() ?? 0;
      if (here === undefined || width === 0) continue;
      const foreground = here.isFgDefault() ? null : colourOf(here.isFgRGB(), here.getFgColor());
      const background = here.isBgDefault() ? null : colourOf(here.isBgRGB(), here.getBgColor());
      const flags =
        (here.isBold() ? pictureFlags.bold : 0) |
        (here.isDim() ? pictureFlags.faint : 0) |
        (here.isInverse() ? pictureFlags.inverse : 0) |
        (here.isUnderline() ? pictureFlags.underline : 0);
      const text = here.isInvisible() ? " ".repeat(width) : here.getChars() || " ".repeat(width);
      const last = runs.at(-1);
      const goesOn =
        last !== undefined &&
        width === 1 &&
        !wide &&
        last[2] === foreground &&
        last[3] === background &&
        last[4] === flags;
      if (goesOn) {
        last[0]++;
        last[1] += text;
      } else runs.push([width, text, foreground, background, flags]);
      // What is wider than a cell stands alone, so that letters beside it keep their places.
      wide = width > 1;
    }
    lines.push(withoutBlankEnd(runs));
  }
  while (lines.at(-1)?.length === 0) lines.pop();
  return { atUs, columns: cols, rows, lines };
}

function withoutBlankEnd(runs: PictureRun[]): PictureRun[] {
  const last = runs.at(-1);
  if (last === undefined || last[3] !== null || last[4] & (pictureFlags.inverse | pictureFlags.underline))
    return runs;
  const text = last[1].trimEnd();
  if (text === "") return withoutBlankEnd(runs.slice(0, -1));
  last[0] -= last[1].length - text.length;
  last[1] = text;
  return runs;
}

function colourOf(isRgb: boolean, value: number): number | string {
  return isRgb ? `#${value.toString(16).padStart(6, "0")}` : value;
}
