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
export function drawnScreen(buffer: Buffer, columns: number, rows: number): string {
  const drawing = new Drawing(buffer, columns);
  const top = buffer.length - rows;
  for (let row = 0; row < rows; row++) drawing.row(top + row, () => `\u001b[${row + 1};1H`);
  return drawing.text;
}

/** Output that leaves `count` of the rows above the screen above the screen of a new terminal, which stays empty. */
export function drawnAbove(buffer: Buffer, columns: number, rows: number, count: number): string {
  const top = buffer.length - rows;
  const first = Math.max(0, top - count);
  if (first === top) return "";
  const drawing = new Drawing(buffer, columns);
  for (let row = first; row < top; row++) drawing.row(row, () => (row === first ? "" : "\r\n"));
  return `${drawing.text}\u001b[0m\u001b[${rows};1H${"\n".repeat(rows)}`;
}

/** What draws rows, one behind the other. */
class Drawing {
  text = "";
  private pen = "";
  private goesOn = false;
  private readonly cell: Cell;

  constructor(
    private readonly buffer: Buffer,
    private readonly columns: number,
  ) {
    this.cell = buffer.getNullCell();
  }

  /** @param place output that goes to the beginning of the row, where the row before did not go on in it */
  row(number: number, place: () => string): void {
    const { cell, columns } = this;
    const line = this.buffer.getLine(number);
    if (line === undefined) return;
    const end = contentEnd(line, columns, cell);
    if (!this.goesOn) this.text += place();
    let skipped = 0;
    for (let column = 0; column < end; column++) {
      const here = line.getCell(column, cell);
      if (here === undefined || here.getWidth() === 0) continue;
      if (isBlank(here) && !(this.goesOn && column === 0)) {
        skipped++;
        continue;
      }
      if (skipped > 0) this.text += `\u001b[${skipped}C`;
      skipped = 0;
      const look = sgrOf(here);
      if (look !== this.pen) this.text += look;
      this.pen = look;
      this.text += here.getChars() || " ";
    }
    const next = this.buffer.getLine(number + 1);
    this.goesOn = end === columns && next?.isWrapped === true && contentEnd(next, columns, cell) > 0;
  }
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

/**
 * The column behind the last one that shows anything. A line of the other screen may be longer than the screen
 * is wide, after that became narrower.
 */
function contentEnd(line: Line, columns: number, cell: Cell): number {
  for (let column = Math.min(line.length, columns) - 1; column >= 0; column--) {
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
