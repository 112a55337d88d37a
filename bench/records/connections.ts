import type { connectionKinds } from "@/lib/ingest/enumerations.ts";
import type { Organization } from "./people.ts";
import { at, Random } from "./random.ts";
import type { Schedule } from "./schedule.ts";

/** Events of a connection on average: so many more events than connections there are. */
const eventsEach = 2.4;

export type ConnectionFacts = {
  ref: string;
  startMicros: number;
  user: string;
  target: string;
  targetUser: string;
  space: string;
  kind: (typeof connectionKinds)[number];
  clientAddress: string;
  clientPort: number;
  clientSoftware: string;
  /** What happens to it, with microseconds after its start. */
  events: readonly {
    event: "open" | "closed" | "connected" | "disconnected";
    after: number;
    cause?: string;
  }[];
  denied: boolean;
};

const software = [
  "SSH-2.0-OpenSSH_9.2p1 Debian-2",
  "SSH-2.0-OpenSSH_9.6",
  "SSH-2.0-libssh2_1.11.0",
  "SSH-2.0-Go",
  "psql 16.2",
];
const refusals = ["invalid user", "wrong key", "policy: outside of working hours", "second factor missing"];
const closings = [
  "disconnected by user",
  "idle for 30 minutes",
  "admin@example.org ended the session",
  "connection reset",
];

/**
 * The connections of an organization, each a function of its number: the logs of commands and of connection
 * events are made apart from each other and still tell of the same ones.
 */
export class Connections {
  readonly count: number;
  readonly #organization: Organization;
  readonly #schedule: Schedule;
  readonly #seed: string;

  /** @param rows how many connection events there shall be */
  constructor(organization: Organization, schedule: Schedule, seed: string, rows: number) {
    this.#organization = organization;
    this.#schedule = schedule;
    this.#seed = seed;
    this.count = Math.ceil(rows / eventsEach);
  }

  get(number: number): ConnectionFacts {
    const random = new Random(`${this.#seed} connection ${number}`);
    const { people, machines, spaces, accounts } = this.#organization;
    const person = random.pick(people);
    const machine = random.pick(machines);
    const denied = random.chance(0.25);
    return {
      ref: `conn-${number.toString(36).padStart(6, "0")}-${random.hex(12)}`,
      startMicros: this.#schedule.microsAt(Math.min((number + random.fraction()) / this.count, 0.999999)),
      user: person.email,
      target: machine.name,
      targetUser: random.pick(accounts),
      space: random.pick(spaces),
      kind: machine.kind,
      clientAddress: at(person.addresses, random.below(person.addresses.length)),
      clientPort: 32_768 + random.below(28_000),
      clientSoftware: random.pick(software),
      events: denied ? [{ event: "closed", after: 0, cause: random.pick(refusals) }] : eventsOf(random),
      denied,
    };
  }

  /** The number of a connection that was begun shortly before a place from 0 to 1 of the record. */
  before(place: number, random: Random): number {
    return Math.max(0, Math.floor(place * this.count) - random.popular(50));
  }
}

function eventsOf(random: Random): ConnectionFacts["events"] {
  let after = 0;
  const later = (minutes: number): number => {
    after += Math.ceil(random.exponential(minutes * 60_000_000));
    return after;
  };
  const shape = random.fraction();
  const closed = { cause: random.pick(closings) };
  if (shape < 0.6)
    return [
      { event: "open", after },
      { event: "closed", after: later(12), ...closed },
    ];
  const events: { event: "open" | "closed" | "connected" | "disconnected"; after: number; cause?: string }[] =
    [
      { event: "open", after },
      { event: "connected", after: later(0.01) },
      { event: "disconnected", after: later(15) },
    ];
  if (shape < 0.94) events.push({ event: "closed", after: later(5), ...closed });
  else events.push({ event: "connected", after: later(10) }, { event: "disconnected", after: later(15) });
  return events;
}
