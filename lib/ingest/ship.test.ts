import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { sudo } from "@/lib/ingest/kinds/sudo.ts";

const SCRIPT = "public/ship/daybook-ship.sh";
const TOKEN = "dbs_0123456789secret";

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

let folder: string;
let receiver: Receiver;
const started: ChildProcess[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "daybook-ship-"));
  writeFileSync(join(folder, "token"), `${TOKEN}\n`);
  receiver = new Receiver();
  await receiver.start();
});

afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  }
  await receiver.stop();
  // A killed shipper leaves a curl or dd behind for a moment.
  rmSync(folder, { recursive: true, maxRetries: 20, retryDelay: 50 });
});

type Shipper = ChildProcess & { complaints: () => string; ended: Promise<number | null> };

function ship(args: string[] = [], stdin: "pipe" | number = "pipe", path = process.env["PATH"]): Shipper {
  const url = `http://127.0.0.1:${receiver.port}/api/v1/ingest/sshd`;
  const given = ["-u", url, "-t", join(folder, "token"), "-d", join(folder, "spool"), ...args];
  const child = spawn("sh", [SCRIPT, ...given], {
    stdio: [stdin, "ignore", "pipe"],
    env: { NODE_ENV: "test", PATH: path ?? "", JOURNAL: join(folder, "journal") },
  });
  started.push(child);
  let complaints = "";
  child.stderr?.on("data", (text) => {
    complaints += String(text);
  });
  const ended = once(child, "exit").then(([code]) => code as number | null);
  return Object.assign(child, { complaints: () => complaints, ended });
}

async function kill(child: Shipper): Promise<void> {
  child.kill("SIGKILL");
  await child.ended;
}

const spooled = (name: string): string[] => readdirSync(join(folder, "spool", name));
const numbered = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => `Nov 21 08:48:37 vm sshd[1]: line ${from + index}`);
const asText = (lines: string[]): string => lines.map((line) => `${line}\n`).join("");
const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 15_000, interval: 20 });

describe.skipIf(process.platform !== "linux")("lines on standard input", () => {
  it("are posted at once, and all of them before it ends", async () => {
    const shipper = ship();
    const [first = "", ...others] = numbered(0, 500);
    // The shell has to start first; from then on a line has a second.
    await until(() => expect(existsSync(join(folder, "spool", "id"))).toBe(true));
    const sentAt = performance.now();
    shipper.stdin?.write(`${first}\n`);
    await until(() => expect(receiver.lines()).toEqual([first]));
    expect(performance.now() - sentAt).toBeLessThan(1000);
    shipper.stdin?.end(asText(others).slice(0, -1));
    expect(await shipper.ended).toBe(0);
    expect(receiver.lines()).toEqual([first, ...others]);
    expect(shipper.complaints()).toBe("");
    expect(spooled("out")).toEqual([]);
    const [request] = receiver.requests;
    expect(request?.headers).toMatchObject({
      authorization: `Bearer ${TOKEN}`,
      "content-type": "text/plain",
      "idempotency-key": expect.stringMatching(/^[0-9a-f]{32}-1$/),
    });
  });

  it("never show the token to others on the machine", async () => {
    const seen: string[] = [];
    receiver.onPost = () => {
      for (const id of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
        const file = `/proc/${id}/cmdline`;
        try {
          const command = readFileSync(file, "latin1");
          if (command.startsWith("curl")) seen.push(command);
        } catch (error) {
          // The process ended meanwhile.
          if (!(error instanceof Error && "code" in error && /^(?:ENOENT|ESRCH)$/.test(String(error.code))))
            throw error;
        }
      }
    };
    const shipper = ship();
    shipper.stdin?.end("one\n");
    expect(await shipper.ended).toBe(0);
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.join("\n")).not.toContain(TOKEN);
    expect(statSync(join(folder, "spool", "headers")).mode & 0o077).toBe(0);
  });

  it("arrive once, whatever the server does", async () => {
    receiver.answers.push(
      "die",
      { status: 503, headers: { "retry-after": "0" } },
      { status: 429, headers: { "Retry-After": "1" }, text: "slow down" },
      { status: 500 },
    );
    await receiver.stop();
    const shipper = ship();
    shipper.stdin?.write(asText(numbered(0, 10)));
    await until(() => expect(shipper.complaints()).toContain("cannot reach"));
    await receiver.start();
    await until(() => expect(receiver.requests.length).toBeGreaterThan(1));
    shipper.stdin?.end(asText(numbered(10, 20)));
    expect(await shipper.ended).toBe(0);
    expect(receiver.lines()).toEqual(numbered(0, 20));
    expect(receiver.answers).toEqual([]);
    // Retried with the key that it had.
    expect(new Set(receiver.requests.slice(0, 5).map(({ headers }) => headers["idempotency-key"])).size).toBe(
      1,
    );
    expect(shipper.complaints()).toContain("answers 429: slow down");
  }, 40_000);

  it("wait as long as they are told", async () => {
    receiver.answers.push({ status: 429, headers: { "retry-after": "3" } });
    const times: number[] = [];
    receiver.onPost = () => times.push(performance.now());
    const shipper = ship();
    shipper.stdin?.end("one\n");
    expect(await shipper.ended).toBe(0);
    // Whole seconds are counted, so that up to one less has passed.
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(2000);
  });

  it.each([400, 413, 415, 422])(
    "that the server calls wrong (%i) are put aside loudly, the others go on",
    async (status) => {
      receiver.answers.push({ status, text: "no such thing" });
      const shipper = ship();
      shipper.stdin?.write("bad\n");
      await until(() => expect(spooled("refused")).toHaveLength(1));
      shipper.stdin?.end("good\n");
      expect(await shipper.ended).toBe(1);
      expect(receiver.lines()).toEqual(["good"]);
      const [name = ""] = spooled("refused");
      expect(readFileSync(join(folder, "spool", "refused", name), "utf8")).toBe("bad\n");
      expect(shipper.complaints()).toContain(`REFUSED with ${status}`);
      expect(shipper.complaints()).toContain("no such thing");
    },
  );

  it("survive kill -9 once they are spooled", async () => {
    await receiver.stop();
    const first = ship();
    first.stdin?.write(`${asText(numbered(0, 100))}half of a li`);
    await until(() => expect(first.complaints()).toContain("cannot reach"));
    await until(() => {
      const [buffer = ""] = spooled("in");
      expect(readFileSync(join(folder, "spool", "in", buffer), "utf8")).toContain("half of a li");
    });
    await kill(first);
    await receiver.start();
    receiver.answers.push("die");
    const second = ship();
    await until(() => expect(receiver.requests).toHaveLength(1));
    await kill(second);
    const third = ship();
    third.stdin?.end(asText(numbered(100, 200)));
    expect(await third.ended).toBe(0);
    expect(receiver.lines()).toEqual([...numbered(0, 100), "half of a li", ...numbered(100, 200)]);
  });

  it("are not lost by the spool's bound: the input waits", async () => {
    await receiver.stop();
    const shipper = ship(["-m", "1"]);
    const lines = Array.from({ length: 3000 }, (_, index) => `${index} ${"x".repeat(1000)}`);
    let drained = false;
    shipper.stdin?.write(asText(lines), () => {
      drained = true;
    });
    await until(() => expect(shipper.complaints()).toContain("the spool holds 1 MiB: the input waits"));
    const bytes = spooled("in").reduce(
      (sum, name) => sum + statSync(join(folder, "spool", "in", name)).size,
      0,
    );
    // At most what one reading takes beyond the bound.
    expect(bytes).toBeLessThan(6 * 1024 * 1024);
    await receiver.start();
    shipper.stdin?.end();
    expect(await shipper.ended).toBe(0);
    expect(drained).toBe(true);
    expect(receiver.lines()).toEqual(lines);
  }, 60_000);

  it("may hold any bytes", async () => {
    const bytes = Buffer.from("\0 \xff \\ % $(true) `id` ' \"\n -n\n\n\t\r\n", "latin1");
    const shipper = ship();
    shipper.stdin?.end(bytes);
    expect(await shipper.ended).toBe(0);
    expect(receiver.text()).toBe(bytes.toString("latin1"));
  });
});

describe.skipIf(process.platform !== "linux")("a spool", () => {
  it("belongs to one process and one input", async () => {
    const file = join(folder, "auth.log");
    writeFileSync(file, "");
    const first = ship(["-f", file]);
    await until(() => expect(existsSync(join(folder, "spool", "position"))).toBe(true));
    const second = ship(["-f", file]);
    expect(await second.ended).toBe(1);
    expect(second.complaints()).toContain(`is in use by process ${first.pid}`);
    await kill(first);
    const third = ship();
    expect(await third.ended).toBe(1);
    expect(third.complaints()).toContain(`belongs to another input: file ${file}`);
  });

  it.each([
    [["-m", "lots"], "-m takes a number of MiB"],
    [["-x"], "options"],
    [["stray"], "unexpected argument: stray"],
    [["-u", "ftp://x"], "say where to post with -u URL"],
  ])("is not begun with wrong options: %j", async (args, complaint) => {
    const shipper = ship(args);
    expect(await shipper.ended).toBe(1);
    expect(shipper.complaints()).toContain(complaint);
  });
});

describe.skipIf(process.platform !== "linux")("a log file", () => {
  it("is followed from its end, or from its beginning if told so", async () => {
    const file = join(folder, "auth.log");
    writeFileSync(file, asText(numbered(0, 5)));
    const shipper = ship(["-f", file]);
    await until(() => expect(existsSync(join(folder, "spool", "position"))).toBe(true));
    appendFileSync(file, `${asText(numbered(5, 8))}not yet a whole li`);
    await until(() => expect(receiver.lines()).toEqual(numbered(5, 8)));
    appendFileSync(file, "ne\n");
    await until(() => expect(receiver.lines()).toEqual([...numbered(5, 8), "not yet a whole line"]));
    await kill(shipper);
    rmSync(join(folder, "spool"), { recursive: true });
    receiver.bodies.clear();
    ship(["-a", "-f", file]);
    await until(() => expect(receiver.lines()).toEqual([...numbered(0, 8), "not yet a whole line"]));
  });

  it("may come later, and may be truncated", async () => {
    const file = join(folder, "auth.log");
    const shipper = ship(["-f", file]);
    await until(() => expect(shipper.complaints()).toContain("there is no file"));
    writeFileSync(file, asText(numbered(0, 3)));
    await until(() => expect(receiver.lines()).toEqual(numbered(0, 3)));
    const open = openSync(file, "r+");
    ftruncateSync(open);
    await until(() => expect(shipper.complaints()).toContain("was truncated"));
    writeSync(open, asText(numbered(3, 5)), 0);
    closeSync(open);
    await until(() => expect(receiver.lines()).toEqual(numbered(0, 5)));
  });

  it("is shipped whole and once over rotations, kill -9 and a failing server", async () => {
    const file = join(folder, "auth.log");
    writeFileSync(file, "");
    let written = 0;
    const write = (count: number): void => {
      appendFileSync(file, asText(numbered(written, written + count)));
      written += count;
    };
    const delivered = (): void => expect(receiver.lines()).toHaveLength(written);
    let shipper = ship(["-f", file]);
    await until(() => expect(existsSync(join(folder, "spool", "position"))).toBe(true));
    for (let round = 0; round < 8; round++) {
      write(50);
      if (round % 2 === 0) receiver.answers.push("die");
      const before = receiver.requests.length;
      await until(() => expect(receiver.requests.length).toBeGreaterThan(before));
      // Killed somewhere between the arrival of the post and its end.
      await kill(shipper);
      write(50);
      if (round % 3 === 0) {
        renameSync(file, `${file}.${round}`);
        write(50);
      }
      shipper = ship(["-f", file]);
      await until(delivered);
    }
    expect(receiver.lines()).toEqual(numbered(0, written));
  }, 60_000);

  it("says what it could not send", async () => {
    const file = join(folder, "auth.log");
    writeFileSync(file, "");
    const shipper = ship(["-f", file]);
    await until(() => expect(existsSync(join(folder, "spool", "position"))).toBe(true));
    writeFileSync(`${file}.new`, "new\n");
    renameSync(`${file}.new`, file);
    await until(() => expect(receiver.lines()).toEqual(["new"]));
    expect(shipper.complaints()).toContain("the file before it is gone");
  });
});

describe.skipIf(process.platform !== "linux")("sudo's event log", () => {
  const context = {
    sourceName: "vm",
    receivedAt: "2026-11-21T09:00:00.000000Z",
    settings: {},
    mask: () => "x",
  };
  const idsOf = (body: string) =>
    sudo.split(Buffer.from(body, "latin1"), context).records.map((record) => record.id);
  const sample = readFileSync("samples/sudo/sudo-eventlog.json", "latin1");
  const events = sample.slice(1, -3).split(/,(?=\n {4}")/);

  /** As sudo writes: over the last `\n}\n`, and not in one go. */
  function* log(file: string, event: string): Generator<void> {
    const size = existsSync(file) ? statSync(file).size : 0;
    const text = `${size === 0 ? "{" : ","}${event}\n}\n`;
    const open = openSync(file, size === 0 ? "w" : "r+");
    for (let at = 0; at < text.length; at += 300) {
      writeSync(open, text.slice(at, at + 300), Math.max(0, size - 3) + at);
      yield;
    }
    closeSync(open);
  }

  it("is shipped event by event as it grows", async () => {
    const file = join(folder, "sudo.json");
    for (const event of events.slice(0, 3)) for (const _ of log(file, event));
    let shipper = ship(["-s", file]);
    await until(() => expect(receiver.bodies.size).toBe(1));
    for (const event of events.slice(3)) {
      const before = receiver.bodies.size;
      for (const _ of log(file, event)) await new Promise(setImmediate);
      await until(() => expect(receiver.bodies.size).toBe(before + 1));
      await kill(shipper);
      shipper = ship(["-s", file]);
    }
    expect([...receiver.bodies.values()].flatMap(idsOf)).toEqual(idsOf(sample));
    expect(readFileSync(file, "latin1")).toBe(sample);
    expect(receiver.requests[0]?.headers["content-type"]).toBe("application/json");
  }, 60_000);

  it("is cut between events when it is large", async () => {
    const file = join(folder, "sudo.json");
    const many = Array.from({ length: 300 }, () => events).flat();
    const text = `{${many.join(",")}\n}\n`;
    writeFileSync(file, text);
    ship(["-s", file]);
    await until(() => expect(receiver.text().length).toBe(text.length));
    expect([...receiver.bodies.values()].flatMap(idsOf)).toHaveLength(many.length);
    expect(receiver.bodies.size).toBeGreaterThan(2);
  }, 60_000);
});

describe.skipIf(process.platform !== "linux")("the journal", () => {
  /** Prints what follows the cursor, here the number of a line, as journalctl does. */
  const JOURNALCTL = `#!/bin/sh
all=$(wc -l < "$JOURNAL") after=0 last=
while [ $# -gt 0 ]; do
  case $1 in --after-cursor=*) after=\${1#--after-cursor=n=} ;; -n) last=$2; shift ;; esac
  shift
done
[ "$last" = 0 ] || tail -n "+$((after + 1))" "$JOURNAL" | head -n "$((all - after))"
[ "$all" -eq 0 ] || echo "-- cursor: n=$all"
`;
  const journalLines = () => receiver.lines().filter((line) => !line.startsWith("-- cursor: "));

  it("is followed from now on, whole and once over kill -9", async () => {
    const bin = join(folder, "bin");
    mkdirSync(bin);
    writeFileSync(join(bin, "journalctl"), JOURNALCTL, { mode: 0o755 });
    const journal = join(folder, "journal");
    writeFileSync(journal, asText(numbered(0, 10)));
    const start = () => ship(["-j", "-t sshd -t sshd-session"], "pipe", `${bin}:${process.env["PATH"]}`);
    let shipper = start();
    await until(() => expect(existsSync(join(folder, "spool", "cursor"))).toBe(true));
    let written = 10;
    for (let round = 0; round < 4; round++) {
      appendFileSync(journal, asText(numbered(written, written + 10)));
      written += 10;
      receiver.answers.push("die");
      await until(() => expect(journalLines()).toHaveLength(written - 10));
      await kill(shipper);
      appendFileSync(journal, asText(numbered(written, written + 10)));
      written += 10;
      shipper = start();
      await until(() => expect(journalLines()).toHaveLength(written - 10));
    }
    expect(journalLines()).toEqual(numbered(10, written));
    expect(shipper.complaints()).not.toContain("journalctl");
  }, 60_000);
});
