type Waiting = { cost: number; show: () => void };

/** Spreads what is to be shown over frames, so that none of them takes long; of one place the newest counts. */
export class FrameBudget<Place> {
  private readonly waiting = new Map<Place, Waiting>();
  private spent = 0;
  private asked = false;

  /**
   * @param perFrame what a frame may cost; one thing that costs more has a frame to itself
   * @param onFrame calls back before the next frame, as requestAnimationFrame does
   */
  constructor(
    private readonly perFrame: number,
    private readonly onFrame: (next: () => void) => unknown,
  ) {}

  /** Shows it at once if this frame has room for it and nothing waits, else in its turn. */
  add(place: Place, cost: number, show: () => void): void {
    if (this.waiting.size === 0 && this.hasRoom(cost)) this.show({ cost, show });
    else this.waiting.set(place, { cost, show });
    this.ask();
  }

  private hasRoom(cost: number): boolean {
    return this.spent === 0 || this.spent + cost <= this.perFrame;
  }

  private show({ cost, show }: Waiting): void {
    this.spent += cost;
    show();
  }

  private ask(): void {
    if (this.asked) return;
    this.asked = true;
    this.onFrame(() => this.next());
  }

  private next(): void {
    this.asked = false;
    this.spent = 0;
    for (const [place, waiting] of this.waiting) {
      if (!this.hasRoom(waiting.cost)) break;
      this.waiting.delete(place);
      this.show(waiting);
    }
    // What this frame has spent counts until the next one.
    if (this.spent > 0) this.ask();
  }
}
