import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, vi } from "vitest";

export const SCRIPT = "public/ship/daybook-ship.sh";
export const TOKEN = "dbs_0123456789secret";

type Answer = { status: number; headers?: Record<string, string>; text?: string } | "die";

/** Keeps what was posted as Daybook does: a key that came before brings nothing new. */
class Receiver {
  readonly bodies = new Map<string, string>();
  readonly requests: IncomingMessage[] = [];
  /** Given for the next posts, one each; `die` stores the post and breaks the connection off unanswered. */
  readonly answers: Answer[] = [];
  onPost: (() => void) | undefined;
  port = 0;
  #server: Server | undefined;

  async start(): Promise<void> {
    this.#server = createServer((request, response) => void this.#receive(request, response));
    this.#server.listen(this.port, "127.0.0.1");
    await once(this.#server, "listening");
    this.port = (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    } catch {
      return; // The shipper was killed in the middle of a post.
    }
    const body = Buffer.concat(chunks).toString("latin1");
    if (body.length !== Number(request.headers["content-length"])) return;
    this.requests.push(request);
    this.onPost?.();
    const answer = this.answers.shift() ?? { status: 200, text: '{"accepted":1}' };
    const key = String(request.headers["idempotency-key"]);
    if (answer === "die" || answer.status === 200) {
      const before = this.bodies.get(key);
      if (before !== undefined && before !== body) throw new Error(`another body under the key ${key}`);
      this.bodies.set(key, body);
    }
    if (answer === "die") response.destroy();
    else response.writeHead(answer.status, answer.headers).end(answer.text);
  }

  text(): string {
    return [...this.bodies.values()].join("");
  }

  lines(): string[] {
    return this.text().split("\n").slice(0, -1);
  }
}

export type Shipper = ChildProcess & { complaints: () => string; ended: Promise<number | null> };

/** For each test a folder with a token in it, a receiver, and shippers that do not outlive the test. */
export class ShipBench {
  folder = "";
  receiver = new Receiver();
  readonly #started: ChildProcess[] = [];

  constructor() {
    beforeEach(async () => {
      this.folder = mkdtempSync(join(tmpdir(), "daybook-ship-"));
      writeFileSync(this.path("token"), `${TOKEN}\n`);
      this.receiver = new Receiver();
      await this.receiver.start();
    });
    afterEach(async () => {
      for (const child of this.#started.splice(0)) {
        if (child.exitCode === null && child.signalCode === null) {
          child.kill("SIGKILL");
          await once(child, "exit");
        }
      }
      await this.receiver.stop();
      // A killed shipper leaves a curl or dd behind for a moment.
      rmSync(this.folder, { recursive: true, maxRetries: 100, retryDelay: 100 });
    });
  }

  path(...names: string[]): string {
    return join(this.folder, ...names);
  }

  spooled(name: string): string[] {
    return readdirSync(this.path("spool", name));
  }

  /** Starts the script against the receiver; `path` is where it finds its programs. */
  ship(args: string[] = [], path = process.env["PATH"] ?? ""): Shipper {
    const url = `http://127.0.0.1:${this.receiver.port}/api/v1/ingest/sshd`;
    return this.run(
      "sh",
      [SCRIPT, "-u", url, "-t", this.path("token"), "-d", this.path("spool"), ...args],
      path,
    );
  }

  run(program: string, args: string[], path = process.env["PATH"] ?? ""): Shipper {
    const child = spawn(program, args, {
      stdio: ["pipe", "ignore", "pipe"],
      env: { NODE_ENV: "test", PATH: path, JOURNAL: this.path("journal") },
    });
    this.#started.push(child);
    let complaints = "";
    child.stderr.on("data", (text) => {
      complaints += String(text);
    });
    const ended = once(child, "exit").then(([code]) => code as number | null);
    return Object.assign(child, { complaints: () => complaints, ended });
  }
}

export async function kill(child: Shipper): Promise<void> {
  child.kill("SIGKILL");
  await child.ended;
}

export const numbered = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => `Nov 21 08:48:37 vm sshd[1]: line ${from + index}`);
export const asText = (lines: string[]): string => lines.map((line) => `${line}\n`).join("");
export const until = (check: () => void): Promise<void> =>
  vi.waitFor(check, { timeout: 40_000, interval: 20 });
