/** A line that a person saw. `fullScreen` lines are of a program that used the whole screen, condensed. */
export type TextLine = { timeUs: number; text: string; fullScreen: boolean };

/** Collects lines in order: times never go back. Several blank lines in a row count as one. */
export class TextOut {
  private readonly waiting: TextLine[] = [];
  private lastUs = 0;
  private blank = true;

  /** Line texts of a program on the whole screen go without blank ones. */
  add(timeUs: number, text: string, fullScreen: boolean): void {
    if (text === "") {
      if (this.blank || fullScreen) return;
      this.blank = true;
    } else this.blank = false;
    this.lastUs = Math.max(this.lastUs, timeUs);
    this.waiting.push({ timeUs: this.lastUs, text, fullScreen });
  }

  take(): TextLine[] {
    return this.waiting.length === 0 ? [] : this.waiting.splice(0);
  }
}

/** The words of a line without digits, bars and blanks: what stays the same while numbers run. */
export function wordsOf(text: string): string {
  return text.replace(/[^\p{L}]+/gu, " ").trim();
}

/** Remembers the latest texts, at most so many. */
export class Recent {
  private readonly times = new Map<string, number>();
  constructor(private readonly most: number) {}

  /** Whether the text was seen at most `withinUs` ago; from now on it was. */
  again(text: string, timeUs: number, withinUs = Number.POSITIVE_INFINITY): boolean {
    const before = this.times.get(text);
    this.times.delete(text);
    this.times.set(text, timeUs);
    if (this.times.size > this.most) {
      const [oldest] = this.times.keys();
      if (oldest !== undefined) this.times.delete(oldest);
    }
    return before !== undefined && timeUs - before <= withinUs;
  }
}
