import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { describe, expect, it } from "vitest";
import { sshd } from "@/lib/ingest/kinds/sshd.ts";
import { sudo } from "@/lib/ingest/kinds/sudo.ts";
import {
  asText,
  kill,
  numbered,
  SCRIPT,
  ShipBench,
  type Shipper,
  TOKEN,
  until,
} from "@/lib/ingest/test-shipper.ts";

const bench = new ShipBench();

describe.skipIf(process.platform !== "linux")("a log file", () => {
  it("is followed from its end, or from its beginning if told so", async () => {
    const file = bench.path("auth.log");
    writeFileSync(file, asText(numbered(0, 5)));
    const shipper = bench.ship(["-f", file]);
    await until(() => expect(existsSync(bench.path("spool", "position"))).toBe(true));
    appendFileSync(file, `${asText(numbered(5, 8))}not yet a whole li`);
    await until(() => expect(bench.receiver.lines()).toEqual(numbered(5, 8)));
    appendFileSync(file, "ne\n");
    await until(() => expect(bench.receiver.lines()).toEqual([...numbered(5, 8), "not yet a whole line"]));
    await kill(shipper);
    rmSync(bench.path("spool"), { recursive: true });
    bench.receiver.bodies.clear();
    bench.ship(["-a", "-f", file]);
    await until(() => expect(bench.receiver.lines()).toEqual([...numbered(0, 8), "not yet a whole line"]));
  });

  it("may come later, and may be truncated", async () => {
    const file = bench.path("auth.log");
    const shipper = bench.ship(["-f", file]);
    await until(() => expect(shipper.complaints()).toContain("there is no file"));
    writeFileSync(file, asText(numbered(0, 3)));
    await until(() => expect(bench.receiver.lines()).toEqual(numbered(0, 3)));
    const open = openSync(file, "r+");
    ftruncateSync(open);
    await until(() => expect(shipper.complaints()).toContain("was truncated"));
    writeSync(open, asText(numbered(3, 5)), 0);
    closeSync(open);
    await until(() => expect(bench.receiver.lines()).toEqual(numbered(0, 5)));
  });

  it("is shipped whole and once over rotations, kill -9 and a failing server", async () => {
    const file = bench.path("auth.log");
    writeFileSync(file, "");
    let written = 0;
    const write = (count: number): void => {
      appendFileSync(file, asText(numbered(written, written + count)));
      written += count;
    };
    const delivered = (): void => expect(bench.receiver.lines()).toHaveLength(written);
    let shipper = bench.ship(["-f", file]);
    await until(() => expect(existsSync(bench.path("spool", "position"))).toBe(true));
    for (let round = 0; round < 8; round++) {
      write(50);
      if (round % 2 === 0) bench.receiver.answers.push("die");
      const before = bench.receiver.requests.length;
      await until(() => expect(bench.receiver.requests.length).toBeGreaterThan(before));
      // Killed somewhere between the arrival of the post and its end.
      await kill(shipper);
      write(50);
      if (round % 3 === 0) {
        renameSync(file, `${file}.${round}`);
        write(50);
      }
      shipper = bench.ship(["-f", file]);
      await until(delivered);
    }
    expect(bench.receiver.lines()).toEqual(numbered(0, written));
  });

  it("is shipped whole when it was rotated several times while the server was away", async () => {
    const file = bench.path("auth.log");
    writeFileSync(file, "");
    bench.ship(["-f", file]);
    await until(() => expect(existsSync(bench.path("spool", "position"))).toBe(true));
    appendFileSync(file, asText(numbered(0, 10)));
    await until(() => expect(bench.receiver.lines()).toEqual(numbered(0, 10)));
    await bench.receiver.stop();
    for (let round = 1; round <= 4; round++) {
      // The third has nothing in it.
      if (round !== 3) appendFileSync(file, asText(numbered(round * 10, round * 10 + 10)));
      for (let old = round - 1; old > 0; old--) renameSync(`${file}.${old}`, `${file}.${old + 1}`);
      renameSync(file, `${file}.1`);
      writeFileSync(file, "");
    }
    writeFileSync(`${file}.9.gz`, "older");
    writeFileSync(`${file}.save`, "of somebody else\n");
    appendFileSync(file, asText(numbered(50, 60)));
    await bench.receiver.start();
    const expected = [...numbered(0, 30), ...numbered(40, 60)];
    await until(() => expect(bench.receiver.lines()).toHaveLength(expected.length));
    expect(bench.receiver.lines()).toEqual(expected);
  });

  it("says what it could not send", async () => {
    const file = bench.path("auth.log");
    writeFileSync(file, "");
    const shipper = bench.ship(["-f", file]);
    await until(() => expect(existsSync(bench.path("spool", "position"))).toBe(true));
    writeFileSync(`${file}.new`, "new\n");
    renameSync(`${file}.new`, file);
    await until(() => expect(bench.receiver.lines()).toEqual(["new"]));
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
    [...sudo.split(Buffer.from(body, "latin1"), context)].map((record) => record.id);
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
    const file = bench.path("sudo.json");
    for (const event of events.slice(0, 3)) for (const _ of log(file, event));
    let shipper = bench.ship(["-s", file]);
    await until(() => expect(bench.receiver.bodies.size).toBe(1));
    for (const event of events.slice(3)) {
      const before = bench.receiver.bodies.size;
      for (const _ of log(file, event)) await new Promise(setImmediate);
      await until(() => expect(bench.receiver.bodies.size).toBe(before + 1));
      await kill(shipper);
      shipper = bench.ship(["-s", file]);
    }
    expect([...bench.receiver.bodies.values()].flatMap(idsOf)).toEqual(idsOf(sample));
    expect(readFileSync(file, "latin1")).toBe(sample);
    expect(bench.receiver.requests[0]?.headers["content-type"]).toBe("application/json");
  });

  it("is cut between events when it is large", async () => {
    const file = bench.path("sudo.json");
    const many = Array.from({ length: 300 }, () => events).flat();
    const text = `{${many.join(",")}\n}\n`;
    writeFileSync(file, text);
    bench.ship(["-s", file]);
    await until(() => expect(bench.receiver.text().length).toBe(text.length));
    expect([...bench.receiver.bodies.values()].flatMap(idsOf)).toHaveLength(many.length);
    expect(bench.receiver.bodies.size).toBeGreaterThan(2);
  });
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
  const journalLines = () => bench.receiver.lines().filter((line) => !line.startsWith("-- cursor: "));

  /** A journal that has begun. @returns what starts a shipper that follows it */
  function begun(...options: string[]): { journal: string; start: () => Shipper } {
    const bin = bench.path("bin");
    mkdirSync(bin);
    writeFileSync(bench.path("bin", "journalctl"), JOURNALCTL, { mode: 0o755 });
    const journal = bench.path("journal");
    writeFileSync(journal, asText(numbered(0, 10)));
    const args = [...options, "-j", "-t sshd -t sshd-session"];
    return { journal, start: () => bench.ship(args, `${bin}:${process.env["PATH"]}`) };
  }

  it("goes on after a reading that was larger than the spool may be", async () => {
    const { journal, start } = begun("-m", "1");
    start();
    await until(() => expect(existsSync(bench.path("spool", "cursor"))).toBe(true));
    appendFileSync(journal, asText(numbered(10, 40_000)));
    await until(() => expect(journalLines()).toHaveLength(39_990));
    appendFileSync(journal, asText(numbered(40_000, 40_010)));
    await until(() => expect(journalLines()).toEqual(numbered(10, 40_010)));
  });

  it("is followed from now on, whole and once over kill -9", async () => {
    const { journal, start } = begun();
    let shipper = start();
    await until(() => expect(existsSync(bench.path("spool", "cursor"))).toBe(true));
    let written = 10;
    for (let round = 0; round < 4; round++) {
      appendFileSync(journal, asText(numbered(written, written + 10)));
      written += 10;
      bench.receiver.answers.push("die");
      await until(() => expect(journalLines()).toHaveLength(written - 10));
      await kill(shipper);
      appendFileSync(journal, asText(numbered(written, written + 10)));
      written += 10;
      shipper = start();
      await until(() => expect(journalLines()).toHaveLength(written - 10));
    }
    expect(journalLines()).toEqual(numbered(10, written));
    expect(shipper.complaints()).not.toContain("journalctl");
  });
});

describe.skipIf(process.platform !== "linux")("what people are told to paste", () => {
  const pasted = [...sshd.instructions, ...sudo.instructions];

  it("is shell, with a place for the address and the token", () => {
    for (const { text, language } of pasted.filter((each) => each.language === "sh")) {
      execFileSync(language, ["-n"], { input: text });
      expect(text).toContain("{url}");
      expect(text).toContain("{token}");
    }
  });

  it("fetches the script and gives it options that it knows", async () => {
    const [{ text = "" } = {}] = pasted.filter((each) => each.text.includes("-s /var/log/sudo.json"));
    const log = bench.path("sudo.json");
    writeFileSync(log, readFileSync("samples/sudo/sudo-eventlog.json"));
    const origin = `http://127.0.0.1:${bench.receiver.port}`;
    // What a console would serve; the receiver only takes posts.
    const fetched = text.replace(/^curl .*$/m, `cp ${SCRIPT} /usr/local/bin/daybook-ship`);
    expect(fetched).not.toBe(text);
    const command = fetched
      .replace("{url}", `${origin}/api/v1/ingest/sudo`)
      .replace("{token}", TOKEN)
      .replaceAll(/\/(?:usr\/local\/bin|etc|var\/spool|var\/log)\//g, `${bench.folder}/`)
      .replace(/^sh /m, "exec sh ");
    bench.run("sh", ["-c", command]);
    await until(() => expect(bench.receiver.requests).toHaveLength(1));
    expect(bench.receiver.requests[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
    expect(text).toMatch(/"\$\{URL%\/api\/\*\}\/ship\/daybook-ship\.sh"/);
  });
});
