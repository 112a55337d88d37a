import type {
  Incident,
  LiveEvent,
  LiveSession,
  LiveSessions,
  SessionEnd,
  SessionFacts,
  SubCommand,
} from "@/lib/recordings/live-session.ts";

/** A session that keeps in memory what it is told; a test may wait for what it looks for. */
export class MemorySession implements LiveSession {
  readonly logId: string;
  readonly facts: SessionFacts;
  readonly events: LiveEvent[] = [];
  readonly commands: SubCommand[] = [];
  ended: SessionEnd | undefined;
  lostFor: string | undefined;
  /** Set to make writing wait. */
  room: Promise<void> = Promise.resolve();
  /** Set to make storing fail. */
  failure: Error | undefined;
  #kill: ((reason: string) => Promise<void>) | undefined;
  readonly #changed: () => void;

  constructor(logId: string, facts: SessionFacts, changed: () => void) {
    this.logId = logId;
    this.facts = facts;
    this.#changed = changed;
  }

  get startedAt(): string {
    return this.facts.at;
  }

  get storedUs(): number {
    return this.events.at(-1)?.[0] ?? -1;
  }

  /** All text of one kind. */
  text(code: LiveEvent[1] = "o"): string {
    return this.events.map(([, kind, data]) => (kind === code ? data : "")).join("");
  }

  async write(events: readonly LiveEvent[]): Promise<void> {
    await this.room;
    if (this.failure) throw this.failure;
    this.events.push(...events);
    this.#changed();
  }

  async command(command: SubCommand): Promise<void> {
    this.commands.push(command);
    this.#changed();
  }

  async durable(): Promise<number> {
    if (this.failure) throw this.failure;
    return this.storedUs;
  }

  async end(end: SessionEnd): Promise<void> {
    if (this.failure) throw this.failure;
    this.ended = end;
    this.#changed();
  }

  async lost(reason: string): Promise<void> {
    this.lostFor = reason;
    this.#changed();
  }

  onKill(listener: (reason: string) => Promise<void>): void {
    this.#kill = listener;
  }

  async kill(reason: string): Promise<void> {
    if (!this.#kill) throw new Error("nobody listens");
    await this.#kill(reason);
  }
}

/** The storing side for tests of the receivers. */
export class MemorySessions implements LiveSessions {
  readonly opened: MemorySession[] = [];
  readonly incidents: Incident[] = [];
  readonly resumedAt: number[] = [];
  readonly #waiting = new Set<() => void>();

  async open(facts: SessionFacts): Promise<MemorySession> {
    const session = new MemorySession(`log-${this.opened.length + 1}`, facts, () => this.#look());
    this.opened.push(session);
    this.#look();
    return session;
  }

  async resume(logId: string, atUs: number): Promise<MemorySession | null> {
    const session = this.opened.find((known) => known.logId === logId && known.ended === undefined);
    if (session) this.resumedAt.push(atUs);
    return session ?? null;
  }

  async report(incident: Incident): Promise<void> {
    this.incidents.push(incident);
    this.#look();
  }

  /** What `find` finds, as soon as it does. */
  async until<T>(find: () => T | undefined | false): Promise<T> {
    return new Promise((resolve) => {
      const look = () => {
        const found = find();
        if (found === undefined || found === false) return;
        this.#waiting.delete(look);
        resolve(found);
      };
      this.#waiting.add(look);
      look();
    });
  }

  #look(): void {
    for (const look of this.#waiting) look();
  }
}
