import headless from "@xterm/headless";
import type { TerminalSize } from "@/lib/recordings/size.ts";
import { drawnAbove, drawnScreen, type Look, sgrOf } from "@/lib/recordings/snapshot.ts";

/** A buffer's saved cursor (DECSC), rows counted with what is above the screen, and its margins. */
type InnerBuffer = {
  scrollTop: number;
  scrollBottom: number;
  savedX: number;
  savedY: number;
  ybase: number;
  savedCurAttrData: Look;
};

/** What the package has but does not publish; `internalsOf` checks that it is there. */
type Internals = {
  writeSync(data: string): void;
  buffer: InnerBuffer;
  _bufferService: { buffers: { normal: InnerBuffer }; scroll(look: Look, wrapped?: boolean): void };
  _inputHandler: { _curAttrData: Look };
  _charsetService: { glevel: number; _charsets: readonly (Record<string, string> | undefined)[] };
  coreService: { isCursorHidden: boolean };
};

/**
 * Rows of the screen are about to vanish without going to what is above it: `first` and the `count - 1` behind it.
 * Those from `from` to `to` then move by `by` rows. All count from the top of the screen.
 */
export type Loss = { first: number; count: number; from: number; to: number; by: number };

/** Lines above the screen that are kept until they were read; more than one piece of output can scroll. */
const SCROLLBACK = 5000;
/** Of those that were read, what may still be looked for. */
const KEPT_ABOVE = 300;
/** UTF-16 units written at once: each makes a new line at most. */
const PIECE = 4096;

/** A terminal without a screen, that takes output at once instead of some time later. */
export class HeadlessTerminal {
  readonly xterm: headless.Terminal;
  private readonly internals: Internals;
  /** Lines that were taken off the top of the scrollback, so that a line's number never changes. */
  private trimmed = 0;

  /** @param scrollback lines above the screen that are kept: few where nobody reads them */
  constructor(size: TerminalSize, scrollback: number = SCROLLBACK) {
    this.xterm = new headless.Terminal({
      cols: size.columns,
      rows: size.rows,
      scrollback,
      // As the player's terminal does.
      reflowCursorLine: true,
      allowProposedApi: true,
      logLevel: "off",
    });
    this.internals = internalsOf(this.xterm);
  }

  /** Writes output; `after` is called after each piece of at most 4,096 units, when `above` may have grown. */
  write(data: string, after: () => void): void {
    for (let at = 0; at < data.length; at += PIECE) {
      this.internals.writeSync(at === 0 && data.length <= PIECE ? data : data.slice(at, at + PIECE));
      after();
    }
  }

  /** Calls `listener` before rows vanish that were not erased: scrolled within margins, off the other screen, deleted. */
  watchLosses(listener: (loss: Loss) => void): void {
    const service = this.internals._bufferService;
    const scroll = service.scroll.bind(service);
    service.scroll = (look, wrapped) => {
      const { scrollTop, scrollBottom } = this.internals.buffer;
      if (this.fullScreen || scrollTop > 0) listener(upwards(scrollTop, scrollBottom, 1));
      scroll(look, wrapped);
    };
    const { parser } = this.xterm;
    const onRows = (final: string, lossOf: (rows: number, cursor: number) => Loss | undefined) => {
      parser.registerCsiHandler({ final }, ([parameter]) => {
        const rows = typeof parameter === "number" && parameter > 0 ? parameter : 1;
        const loss = lossOf(rows, this.xterm.buffer.active.cursorY);
        if (loss !== undefined) listener(loss);
        return false;
      });
    };
    const margins = (cursor: number) => {
      const { scrollTop, scrollBottom } = this.internals.buffer;
      return { top: scrollTop, bottom: scrollBottom, inside: cursor >= scrollTop && cursor <= scrollBottom };
    };
    onRows("S", (rows, cursor) => upwards(margins(cursor).top, margins(cursor).bottom, rows));
    onRows("T", (rows, cursor) => downwards(margins(cursor).top, margins(cursor).bottom, rows));
    onRows("M", (rows, cursor) => {
      const { bottom, inside } = margins(cursor);
      return inside ? upwards(cursor, bottom, rows) : undefined;
    });
    onRows("L", (rows, cursor) => {
      const { bottom, inside } = margins(cursor);
      return inside ? downwards(cursor, bottom, rows) : undefined;
    });
    parser.registerEscHandler({ final: "M" }, () => {
      const { cursorY } = this.xterm.buffer.active;
      const { top, bottom } = margins(cursorY);
      if (cursorY === top) listener(downwards(top, bottom, 1));
      return false;
    });
  }

  resize(size: TerminalSize): void {
    this.xterm.resize(size.columns, size.rows);
  }

  get fullScreen(): boolean {
    return this.xterm.buffer.active.type === "alternate";
  }

  /** The number of the first line on the normal screen. */
  get top(): number {
    return this.trimmed + this.xterm.buffer.normal.baseY;
  }

  /** The number of the line that the cursor of the normal screen is on. */
  get cursorLine(): number {
    return this.top + this.xterm.buffer.normal.cursorY;
  }

  /** One row of the normal screen or of what was scrolled off it; undefined when it is gone or never was. */
  line(number: number): { text: string; wrapped: boolean } | undefined {
    const line = this.xterm.buffer.normal.getLine(number - this.trimmed);
    return line && { text: line.translateToString(true), wrapped: line.isWrapped };
  }

  /** The rows of the screen that is shown, or some of them. */
  screenRows(first = 0, count = this.xterm.rows): string[] {
    const { active } = this.xterm.buffer;
    const rows: string[] = [];
    for (let row = first; row < first + count; row++) {
      rows.push(active.getLine(active.baseY + row)?.translateToString(true) ?? "");
    }
    return rows;
  }

  /** Forgets what was scrolled off the normal screen, when there is much of it or `always`. */
  forgetAbove(always = false): void {
    const above = this.xterm.buffer.normal.baseY;
    if (above === 0 || (!always && (this.fullScreen || above < SCROLLBACK - PIECE))) return;
    this.xterm.options.scrollback = always ? 0 : KEPT_ABOVE;
    this.xterm.options.scrollback = SCROLLBACK;
    this.trimmed += above - this.xterm.buffer.normal.baseY;
  }

  /** Whether a snapshot holds everything: the cursor is not waiting behind the last column. */
  get canSnapshot(): boolean {
    return this.xterm.buffer.active.cursorX < this.xterm.cols;
  }

  /**
   * Output that makes a new terminal of this size look and go on like this one.
   * @param above lines above the normal screen that it has too, at most
   */
  snapshot(above = 0): string {
    const { buffer, _bufferService, _charsetService: charsets, coreService, _inputHandler } = this.internals;
    const { cols, rows, modes } = this.xterm;
    const { normal, active } = this.xterm.buffer;
    let init = drawnAbove(normal, cols, rows, above) + drawnScreen(normal, cols, rows);
    // Going to the other screen saves the cursor, and coming back restores it.
    if (this.fullScreen) {
      init += `${savedCursor(_bufferService.buffers.normal, rows, cols)}\u001b[?1049h${drawnScreen(active, cols, rows)}`;
    }
    if (buffer.savedX > 0 || buffer.savedY > 0) init += `${savedCursor(buffer, rows, cols)}\u001b7`;
    if (buffer.scrollTop !== 0 || buffer.scrollBottom !== rows - 1) {
      init += `\u001b[${buffer.scrollTop + 1};${buffer.scrollBottom + 1}r`;
    }
    if (modes.originMode) init += "\u001b[?6h";
    init += cursorAt(active.cursorY - (modes.originMode ? buffer.scrollTop : 0), active.cursorX);
    init += sgrOf(_inputHandler._curAttrData);
    if (modes.insertMode) init += "\u001b[4h";
    if (!modes.wraparoundMode) init += "\u001b[?7l";
    if (coreService.isCursorHidden) init += "\u001b[?25l";
    // "q" is a line in the set of line drawing characters.
    if (charsets._charsets[0]?.["q"] === "─") init += "\u001b(0";
    if (charsets._charsets[1]?.["q"] === "─") init += "\u001b)0";
    if (charsets.glevel === 1) init += "\u000e";
    return init;
  }

  dispose(): void {
    this.xterm.dispose();
  }
}

function upwards(top: number, bottom: number, rows: number): Loss {
  const count = Math.min(rows, bottom - top + 1);
  return { first: top, count, from: top + count, to: bottom, by: -count };
}

function downwards(top: number, bottom: number, rows: number): Loss {
  const count = Math.min(rows, bottom - top + 1);
  return { first: bottom - count + 1, count, from: top, to: bottom - count, by: count };
}

function cursorAt(row: number, column: number): string {
  return `\u001b[${row + 1};${column + 1}H`;
}

function savedCursor(
  { savedX, savedY, ybase, savedCurAttrData }: InnerBuffer,
  rows: number,
  columns: number,
): string {
  const row = Math.max(0, Math.min(rows - 1, savedY - ybase));
  return cursorAt(row, Math.min(savedX, columns - 1)) + sgrOf(savedCurAttrData);
}

function internalsOf(terminal: headless.Terminal): Internals {
  const core = (terminal as unknown as { _core?: Partial<Internals> })._core;
  const whole =
    typeof core?.writeSync === "function" &&
    typeof core.buffer?.scrollTop === "number" &&
    typeof core._bufferService?.scroll === "function" &&
    typeof core._bufferService.buffers.normal.savedCurAttrData.isBold === "function" &&
    typeof core._inputHandler?._curAttrData.isBold === "function" &&
    typeof core._charsetService?.glevel === "number" &&
    typeof core.coreService?.isCursorHidden === "boolean";
  if (!whole)
    throw new Error("@xterm/headless is not the version that lib/recordings/terminal.ts was written for");
  return core as Internals;
}
