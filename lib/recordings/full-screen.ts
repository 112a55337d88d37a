import { Recent, type TextOut, wordsOf } from "@/lib/recordings/emitted.ts";

type Row = { text: string; timeUs: number };

/** Lines of one program that were there for a moment only, or differ from one told before in numbers only. */
const MOST_FLEETING = 5000;
const LEFT_OUT = "[from here on, lines shown for a moment or differing in numbers only are left out]";

/**
 * A program that uses the whole screen, condensed: each line that stood long enough to be read, once. Lines that
 * are typed on or move are the same line. What is on the screen at the end is told then.
 */
export class FullScreen {
  private rows: Row[] = [];
  private readonly told = new Recent(10_000);
  private readonly words = new Recent(10_000);
  private fleeting = 0;

  constructor(private readonly out: TextOut) {}

  /** The screen as it stands, from top to bottom. */
  seen(texts: readonly string[], timeUs: number): void {
    const now = new Set(texts);
    const before = new Map(this.rows.map((row) => [row.text, row.timeUs]));
    for (const [index, row] of this.rows.entries()) {
      if (!now.has(row.text) && !(texts[index] ?? "").startsWith(row.text)) this.tell(row, timeUs, false);
    }
    this.rows = texts.map((text) => ({ text, timeUs: before.get(text) ?? timeUs }));
  }

  /** The program ended: `texts` is its last screen, often blank already. */
  ended(texts: readonly string[], timeUs: number): void {
    if (texts.some((text) => text !== "")) this.seen(texts, timeUs);
    for (const row of this.rows) this.tell(row, timeUs, false);
    this.rows = [];
  }

  /** Rows are about to be erased, or to scroll off the screen: what nobody had time to read is told too. */
  leaving(texts: readonly string[], timeUs: number, erased: boolean): void {
    const known = new Map(this.rows.map((row) => [row.text, row.timeUs]));
    for (const text of texts) {
      this.tell({ text, timeUs: known.get(text) ?? timeUs }, timeUs, erased && !known.has(text));
    }
  }

  private tell(row: Row, timeUs: number, fleeting: boolean): void {
    if (row.text.trim() === "" || this.told.again(row.text, timeUs)) return;
    // Monitors count on for hours, and animations draw thirty pictures a second.
    const counts = this.words.again(wordsOf(row.text), timeUs) || fleeting;
    if (counts && ++this.fleeting > MOST_FLEETING) {
      if (this.fleeting === MOST_FLEETING + 1) this.out.add(row.timeUs, LEFT_OUT, true);
      return;
    }
    this.out.add(row.timeUs, row.text, true);
  }
}
