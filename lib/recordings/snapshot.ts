import type headless from "@xterm/headless";

type Buffer = headless.Terminal["buffer"]["normal"];
/** How characters look: what the terminal's cells and its pen have in common. */
export type Look = Pick<
  ReturnType<Buffer["getNullCell"]>,
  | "isBold"
  | "isDim"
  | "isItalic"
  | "isUnderline"
  | "isBlink"
  | "isInverse"
  | "isInvisible"
  | "isStrikethrough"
  | "isOverline"
  | "isFgRGB"
  | "isFgPalette"
  | "getFgColor"
  | "isBgRGB"
  | "isBgPalette"
  | "getBgColor"
>;

/**
 * Output that draws the last `rows` rows of a buffer onto a new terminal. Rows are put in their places one by
 * one; a row that went on in the next because the terminal wrapped it is written on so that it wraps again.
 */
export function drawnScreen(buffer: Buffer, rows: number): string {
  const top = buffer.length - rows;
  const cell = buffer.getNullCell();
  let text = "";
  let pen = "";
  let goesOn = false;
  for (let row = 0; row < rows; row++) {
    const line = buffer.getLine(top + row);
    if (line === undefined) continue;
    const end = contentEnd(line, cell);
    if (end > 0 && !goesOn) text += `\u001b[${row + 1};1H`;
    let skipped = 0;
    for (let column = 0; column < end; column++) {
      const here = line.getCell(column, cell);
      if (here === undefined || here.getWidth() === 0) continue;
      if (isBlank(here) && !(goesOn && column === 0)) {
        skipped++;
        continue;
      }
      if (skipped > 0) text += `\u001b[${skipped}C`;
      skipped = 0;
      const look = sgrOf(here);
      if (look !== pen) text += look;
      pen = look;
      text += here.getChars() || " ";
    }
    const next = buffer.getLine(top + row + 1);
    goesOn = end === line.length && next?.isWrapped === true && contentEnd(next, cell) > 0;
  }
  return text;
}

/** The sequence that makes what is written next look so. */
export function sgrOf(look: Look): string {
  const codes: (number | string)[] = [0];
  if (look.isBold()) codes.push(1);
  if (look.isDim()) codes.push(2);
  if (look.isItalic()) codes.push(3);
  if (look.isUnderline()) codes.push(4);
  if (look.isBlink()) codes.push(5);
  if (look.isInverse()) codes.push(7);
  if (look.isInvisible()) codes.push(8);
  if (look.isStrikethrough()) codes.push(9);
  if (look.isOverline()) codes.push(53);
  if (look.isFgRGB()) codes.push(`38;2;${rgb(look.getFgColor())}`);
  else if (look.isFgPalette()) codes.push(palette(look.getFgColor(), 30));
  if (look.isBgRGB()) codes.push(`48;2;${rgb(look.getBgColor())}`);
  else if (look.isBgPalette()) codes.push(palette(look.getBgColor(), 40));
  return `\u001b[${codes.join(";")}m`;
}

function rgb(colour: number): string {
  return `${(colour >>> 16) & 255};${(colour >>> 8) & 255};${colour & 255}`;
}

function palette(colour: number, base: 30 | 40): number | string {
  if (colour < 8) return base + colour;
  return colour < 16 ? base + 60 + colour - 8 : `${base + 8};5;${colour}`;
}

type Line = NonNullable<ReturnType<Buffer["getLine"]>>;
type Cell = ReturnType<Buffer["getNullCell"]>;

/** The column behind the last one that shows anything. */
function contentEnd(line: Line, cell: Cell): number {
  for (let column = line.length - 1; column >= 0; column--) {
    const here = line.getCell(column, cell);
    if (here !== undefined && (here.getWidth() === 0 || !isBlank(here))) return column + 1;
  }
  return 0;
}

/** Whether a cell looks like one that was never written. */
function isBlank(cell: Cell): boolean {
  const chars = cell.getChars();
  return (chars === "" || chars === " ") && !cell.isInverse() && !cell.isUnderline() && cell.isBgDefault();
}
