import { setTimeout as delay } from "node:timers/promises";
import { between } from "./random.ts";

/** Where a client posts to. */
export type Target = { kind: "native" | "sshd"; id: string; token: string };

/** One body, and what is known of it. Each of its records has a name of its own, which the row will carry. */
export type Post = {
  target: Target;
  key: string;
  names: string[];
  attempts: number;
  state: "under way" | "acknowledged" | "given up";
};

/** What 200 says. */
type Answer = { accepted: number; duplicates: number; quarantined: number; skipped: number };

const mostRecords = 40;
const pauseMs = 60;
const timeoutMs = 30_000;
/** How often a client whose post failed never sends it again: its records are whole, or not there. */
const givesUp = 0.15;

/** A source of records that is impatient: posts one body after another and repeats what was not acknowledged. */
export class Client {
  readonly posts: Post[] = [];
  /** Answers that no crash explains. */
  readonly faults: string[] = [];
  /** Posts that a repetition found stored: the commit was there, its answer was not. */
  foundStored = 0;
  #stopping = false;

  constructor(
    readonly name: string,
    readonly url: string,
    readonly target: Target,
    readonly random: () => number,
  ) {}

  /** Posts until {@link stop}, and then until its last post is acknowledged. */
  async run(): Promise<void> {
    while (!this.#stopping) {
      const number = this.posts.length;
      const count = Math.ceil(this.random() ** 2 * mostRecords) || 1;
      const names = Array.from({ length: count }, (_, line) => `${this.name}.${number}.${line}`);
      const key = `${this.name}.${number}`;
      const post: Post = { target: this.target, key, names, attempts: 0, state: "under way" };
      this.posts.push(post);
      await this.#deliver(post, bodyOf(this.target.kind, names, number));
    }
  }

  stop(): void {
    this.#stopping = true;
  }

  async #deliver(post: Post, body: string): Promise<void> {
    for (;;) {
      post.attempts++;
      const answer = await this.#send(post, body);
      if (answer) {
        this.#judge(post, answer);
        post.state = "acknowledged";
        return;
      }
      if (this.random() < givesUp) {
        post.state = "given up";
        return;
      }
      await delay(between(this.random, 1, pauseMs));
    }
  }

  /** @returns undefined when it has to be sent again */
  async #send({ target, key }: Post, body: string): Promise<Answer | undefined> {
    const headers = { authorization: `Bearer ${target.token}`, "idempotency-key": key };
    let status: number;
    let text: string;
    try {
      const signal = AbortSignal.timeout(timeoutMs);
      const response = await fetch(`${this.url}/api/v1/ingest/${target.kind}`, {
        method: "POST",
        headers,
        body,
        signal,
      });
      status = response.status;
      text = await response.text();
    } catch {
      // Nobody listens, or the connection broke: this is what the retries are for.
      return undefined;
    }
    if (status === 200) return JSON.parse(text) as Answer;
    if (status < 500 && status !== 429) this.faults.push(`${key}: ${status} ${text}`);
    return undefined;
  }

  #judge({ key, names, attempts }: Post, { accepted, duplicates }: Answer): void {
    const whole = accepted === names.length && duplicates === 0;
    const again = attempts > 1 && accepted === 0 && duplicates === names.length;
    if (again) this.foundStored++;
    if (!whole && !again) {
      this.faults.push(
        `${key}: ${accepted} accepted and ${duplicates} duplicates of ${names.length}, sent ${attempts} times`,
      );
    }
  }
}

function bodyOf(kind: Target["kind"], names: string[], number: number): string {
  const time = new Date().toISOString().replace("Z", "000Z");
  return names
    .map((name, line) =>
      kind === "native"
        ? JSON.stringify({ log: "commands", time, user: "crash", target: "crash", command: name })
        : `${time} crash sshd[${number}]: Accepted password for ${name} from 192.0.2.1 port ${1024 + ((number * mostRecords + line) % 64_000)} ssh2`,
    )
    .map((line) => `${line}\n`)
    .join("");
}
