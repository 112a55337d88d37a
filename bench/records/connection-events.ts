import type { ConnectionFacts } from "./connections.ts";
import type { Made, World } from "./made.ts";
import { instant } from "./schedule.ts";

type Due = { micros: number; facts: ConnectionFacts; place: number };

/** Events of all connections, merged by time. */
export function* connectionEvents({ connections, rows }: World): Generator<Made<"connection-events">> {
  const due = new Heap();
  let left = rows;
  for (let number = 0; left > 0 && (number < connections.count || due.size > 0); number++) {
    const facts = number < connections.count ? connections.get(number) : undefined;
    const until = facts?.startMicros ?? Number.POSITIVE_INFINITY;
    for (let next = due.first(); next && next.micros <= until && left > 0; next = due.first()) {
      due.takeFirst();
      left--;
      yield eventOf(next);
    }
    for (const [place, { after }] of facts?.events.entries() ?? []) {
      if (facts) due.add({ micros: facts.startMicros + after, facts, place });
    }
  }
}

/** One event of a connection. */
export function eventOf({ micros, facts, place }: Due): Made<"connection-events"> {
  const { event = "open", cause } = facts.events[place] ?? {};
  return {
    micros,
    row: {
      time: instant(micros),
      user: facts.user,
      connectionRef: facts.ref,
      event,
      outcome: facts.denied ? "denied" : "allowed",
      space: facts.space,
      targetUser: facts.targetUser,
      target: facts.target,
      ...(cause !== undefined && { cause }),
      kind: facts.kind,
      clientAddress: facts.clientAddress,
      clientPort: facts.clientPort,
      clientSoftware: facts.clientSoftware,
    },
  };
}

/** A binary heap: what is due first stands first. */
class Heap {
  readonly #items: Due[] = [];

  get size(): number {
    return this.#items.length;
  }

  first(): Due | undefined {
    return this.#items[0];
  }

  add(item: Due): void {
    let at = this.#items.push(item) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = this.#items[above];
      if (!parent || parent.micros <= item.micros) break;
      this.#items[at] = parent;
      at = above;
    }
    this.#items[at] = item;
  }

  takeFirst(): void {
    const last = this.#items.pop();
    if (!last || this.#items.length === 0) return;
    let at = 0;
    for (;;) {
      const left = this.#items[2 * at + 1];
      if (!left) break;
      const right = this.#items[2 * at + 2];
      const below = right && right.micros < left.micros ? 2 * at + 2 : 2 * at + 1;
      const child = this.#items[below];
      if (!child || child.micros >= last.micros) break;
      this.#items[at] = child;
      at = below;
    }
    this.#items[at] = last;
  }
}
