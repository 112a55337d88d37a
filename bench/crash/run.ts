import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { freePort } from "@/bin/postgres-port.mjs";
import {
  apiOf,
  firstAccounts,
  makeSource,
  newPlace,
  type OwnDaybook,
  removePlace,
  startDaybook,
  superuserUrl,
} from "@/e2e/own-daybook.ts";
import { Client, type Post, type Target } from "./clients.ts";
import { type KillMode, killModes, killNow, survives } from "./kill.ts";
import { between, oneOf, randomNumbers } from "./random.ts";
import { type Findings, verify } from "./verify.ts";

export type CrashOptions = {
  rounds: number;
  clients: number;
  seed: number;
  /** `off` for the control run, which has to lose records. */
  synchronousCommit: "on" | "off";
  /** What the rounds kill, in turn; at random unless given. */
  modes?: readonly KillMode[];
  onRound?: (round: Round) => void;
};

export type Round = {
  number: number;
  mode: KillMode;
  /** Milliseconds of load before the kill. */
  loadMs: number;
  killed: number;
  /** Posts and records acknowledged before the kill, this round. */
  posts: number;
  records: number;
  /** Posts without an answer at the kill. */
  waiting: number;
  /** Repetitions, this round, that found their records stored: the commit was there, its answer was not. */
  foundStored: number;
  /** From the kill to the first acknowledgement after it. */
  backMs: number;
  /** What this round's look found and none before. */
  findings: Findings;
};

export type CrashReport = { rounds: Round[]; faults: string[]; settings: { [name: string]: string } };

const leastLoadMs = 150;
const mostLoadMs = 2000;
const patienceMs = 180_000;

/**
 * Kills an installation of its own again and again while clients post to it, and compares after each recovery
 * what is stored with what was acknowledged. `kill -9` takes processes, not the machine: what PostgreSQL has
 * given to the operating system survives, so this sees a commit that is acknowledged too early, and no missing
 * fsync; that fsync is on is looked up.
 */
export async function crashRun(options: CrashOptions): Promise<CrashReport> {
  const place = newPlace(await freePort());
  const run = new CrashRun(options, await startDaybook(place));
  try {
    await run.prepare();
    return await run.run();
  } finally {
    await run.end();
    removePlace(place);
  }
}

class CrashRun {
  readonly #options: CrashOptions;
  readonly #random: () => number;
  #daybook: OwnDaybook;
  #clients: Client[] = [];
  #loads: Promise<void>[] = [];
  readonly #told = new Set<string>();
  #settings: { [name: string]: string } = {};

  constructor(options: CrashOptions, daybook: OwnDaybook) {
    this.#options = options;
    this.#random = randomNumbers(options.seed);
    this.#daybook = daybook;
  }

  async prepare(): Promise<void> {
    const { url } = this.#daybook;
    const { sessions } = await firstAccounts(this.#daybook);
    const api = await apiOf(url, sessions.admin);
    const targets: Target[] = [];
    for (const kind of ["native", "sshd", "native"] as const)
      targets.push({ kind, ...(await makeSource(api, kind)) });
    await api.dispose();
    // Its pool has connections with the setting of before: the control run's begin with the restart.
    await this.#inDatabase((client) =>
      client.query(`ALTER ROLE daybook_app SET synchronous_commit = ${this.#options.synchronousCommit}`),
    );
    await this.#daybook.stop();
    this.#daybook = await startDaybook(this.#daybook.place);
    this.#settings = await this.#inDatabase(readSettings);
    for (let number = 0; number < this.#options.clients; number++) {
      const target = targets[number % targets.length];
      if (!target) throw new Error("There are three sources.");
      this.#clients.push(
        new Client(`c${number}`, url, target, randomNumbers(this.#options.seed + number + 1)),
      );
    }
  }

  async run(): Promise<CrashReport> {
    this.#loads = this.#clients.map((client) => client.run());
    await this.#untilAcknowledged(this.#clients.length);
    const rounds: Round[] = [];
    for (let number = 1; number <= this.#options.rounds; number++) {
      const round = await this.#round(number);
      rounds.push(round);
      this.#options.onRound?.(round);
    }
    return { rounds, faults: this.#clients.flatMap(({ faults }) => faults), settings: this.#settings };
  }

  async #round(number: number): Promise<Round> {
    const { modes = [] } = this.#options;
    const mode = modes[(number - 1) % modes.length] ?? oneOf(this.#random, killModes);
    const loadMs = between(this.#random, leastLoadMs, mostLoadMs);
    const before = this.#acknowledged();
    const foundBefore = this.#foundStored();
    await delay(loadMs);
    const killed = await killNow(mode, this.#daybook, this.#random);
    const killedAt = performance.now();
    const waiting = this.#posts().filter(({ state }) => state === "under way").length;
    if (!survives(mode)) await this.#daybook.ended;
    const atKill = this.#acknowledged();
    if (!survives(mode)) this.#daybook = await startDaybook(this.#daybook.place);
    await this.#untilAcknowledged(this.#clients.length);
    const backMs = performance.now() - killedAt;
    const findings = this.#news(await this.#inDatabase((client) => verify(client, () => this.#posts())));
    return {
      number,
      mode,
      loadMs,
      killed,
      posts: atKill.posts - before.posts,
      records: atKill.records - before.records,
      waiting,
      foundStored: this.#foundStored() - foundBefore,
      backMs,
      findings,
    };
  }

  #news(findings: Findings): Findings {
    const news = { ...findings };
    for (const kind of ["lost", "doubled", "torn", "strange"] as const) {
      news[kind] = findings[kind].filter((name) => !this.#told.has(`${kind} ${name}`));
      for (const name of news[kind]) this.#told.add(`${kind} ${name}`);
    }
    return news;
  }

  #posts(): Post[] {
    return this.#clients.flatMap(({ posts }) => posts);
  }

  #acknowledged(): { posts: number; records: number } {
    const posts = this.#posts().filter(({ state }) => state === "acknowledged");
    return { posts: posts.length, records: posts.reduce((sum, { names }) => sum + names.length, 0) };
  }

  #foundStored(): number {
    return this.#clients.reduce((sum, { foundStored }) => sum + foundStored, 0);
  }

  async #untilAcknowledged(more: number): Promise<void> {
    const wanted = this.#acknowledged().posts + more;
    const until = performance.now() + patienceMs;
    while (this.#acknowledged().posts < wanted) {
      if (performance.now() > until)
        throw new Error(`Nothing is stored after the kill:\n${this.#daybook.output()}`);
      await delay(10);
    }
  }

  /**
   * PostgreSQL may notice a killed process only after posts of before were acknowledged, and then ends every
   * connection and recovers: what was asked meanwhile is asked again.
   */
  async #inDatabase<T>(use: (client: pg.Client) => Promise<T>): Promise<T> {
    const until = performance.now() + patienceMs;
    for (;;) {
      const client = new pg.Client({ connectionString: superuserUrl(this.#daybook.place) });
      // The cut is told by the query or the connection that it breaks.
      client.on("error", () => {});
      try {
        await client.connect();
        return await use(client);
      } catch (error) {
        if (!isCut(error) || performance.now() > until) throw error;
        await delay(50);
      } finally {
        await client.end();
      }
    }
  }

  async end(): Promise<void> {
    for (const client of this.#clients) client.stop();
    await Promise.all(this.#loads);
    await this.#daybook.stop();
  }
}

/** Whether the database was ending its connections or recovering: SQLSTATE class 57P, or a connection cut off. */
function isCut(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (["57P01", "57P02", "57P03", "ECONNREFUSED", "ECONNRESET", "EPIPE"].includes(code)) return true;
  return error instanceof Error && error.message === "Connection terminated unexpectedly";
}

async function readSettings(client: pg.Client): Promise<{ [name: string]: string }> {
  const { rows } = await client.query<{ name: string; setting: string }>(
    `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'wal_writer_delay')
     UNION ALL SELECT split_part(entry, '=', 1), split_part(entry, '=', 2)
     FROM pg_roles, unnest(rolconfig) AS entry WHERE rolname = 'daybook_app'`,
  );
  return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
}
