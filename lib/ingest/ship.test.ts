import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { asText, kill, numbered, ShipBench, TOKEN, until } from "@/lib/ingest/test-shipper.ts";
import { secondOnBusyMachineMs } from "@/lib/test-time.ts";

const bench = new ShipBench();

describe.skipIf(process.platform !== "linux")("lines on standard input", () => {
  it("are posted at once, and all of them before it ends", async () => {
    const shipper = bench.ship();
    const [first = "", ...others] = numbered(0, 500);
    // The shell has to start first; from then on a line has a second.
    await until(() => expect(existsSync(bench.path("spool", "id"))).toBe(true));
    const sentAt = performance.now();
    shipper.stdin?.write(`${first}\n`);
    await until(() => expect(bench.receiver.lines()).toEqual([first]));
    expect(performance.now() - sentAt).toBeLessThan(secondOnBusyMachineMs);
    shipper.stdin?.end(asText(others).slice(0, -1));
    expect(await shipper.ended).toBe(0);
    expect(bench.receiver.lines()).toEqual([first, ...others]);
    expect(shipper.complaints()).toBe("");
    expect(bench.spooled("out")).toEqual([]);
    const [request] = bench.receiver.requests;
    expect(request?.headers).toMatchObject({
      authorization: `Bearer ${TOKEN}`,
      "content-type": "text/plain",
      "idempotency-key": expect.stringMatching(/^[0-9a-f]{32}-1$/),
    });
  });

  it("never show the token to others on the machine", async () => {
    const seen: string[] = [];
    bench.receiver.onPost = () => {
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
    const shipper = bench.ship();
    shipper.stdin?.end("one\n");
    expect(await shipper.ended).toBe(0);
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.join("\n")).not.toContain(TOKEN);
    expect(statSync(bench.path("spool", "headers")).mode & 0o077).toBe(0);
  });

  it("arrive once, whatever the server does", async () => {
    bench.receiver.answers.push(
      "die",
      { status: 503, headers: { "retry-after": "0" } },
      { status: 429, headers: { "Retry-After": "1" }, text: "slow down" },
      { status: 500 },
    );
    await bench.receiver.stop();
    const shipper = bench.ship();
    shipper.stdin?.write(asText(numbered(0, 10)));
    await until(() => expect(shipper.complaints()).toContain("cannot reach"));
    await bench.receiver.start();
    await until(() => expect(bench.receiver.requests.length).toBeGreaterThan(1));
    shipper.stdin?.end(asText(numbered(10, 20)));
    expect(await shipper.ended).toBe(0);
    expect(bench.receiver.lines()).toEqual(numbered(0, 20));
    expect(bench.receiver.answers).toEqual([]);
    // Retried with the key that it had.
    expect(
      new Set(bench.receiver.requests.slice(0, 5).map(({ headers }) => headers["idempotency-key"])).size,
    ).toBe(1);
    expect(shipper.complaints()).toContain("answers 429: slow down");
  });

  it("wait as long as they are told", async () => {
    bench.receiver.answers.push({ status: 429, headers: { "retry-after": "3" } });
    const times: number[] = [];
    bench.receiver.onPost = () => times.push(performance.now());
    const shipper = bench.ship();
    shipper.stdin?.end("one\n");
    expect(await shipper.ended).toBe(0);
    // Whole seconds are counted, so that up to one less has passed.
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(2000);
  });

  it.each([400, 413, 415, 422])(
    "that the server calls wrong (%i) are put aside loudly, the others go on",
    async (status) => {
      bench.receiver.answers.push({ status, text: "no such thing" });
      const shipper = bench.ship();
      shipper.stdin?.write("bad\n");
      await until(() => expect(bench.spooled("refused")).toHaveLength(1));
      shipper.stdin?.end("good\n");
      expect(await shipper.ended).toBe(1);
      expect(bench.receiver.lines()).toEqual(["good"]);
      const [name = ""] = bench.spooled("refused");
      expect(readFileSync(bench.path("spool", "refused", name), "utf8")).toBe("bad\n");
      expect(shipper.complaints()).toContain(`REFUSED with ${status}`);
      expect(shipper.complaints()).toContain("no such thing");
    },
  );

  it("survive kill -9 once they are spooled", async () => {
    await bench.receiver.stop();
    const first = bench.ship();
    first.stdin?.write(`${asText(numbered(0, 100))}half of a li`);
    await until(() => expect(first.complaints()).toContain("cannot reach"));
    await until(() => {
      const [buffer = ""] = bench.spooled("in");
      expect(readFileSync(bench.path("spool", "in", buffer), "utf8")).toContain("half of a li");
    });
    await kill(first);
    await bench.receiver.start();
    bench.receiver.answers.push("die");
    const second = bench.ship();
    await until(() => expect(bench.receiver.requests).toHaveLength(1));
    await kill(second);
    const third = bench.ship();
    third.stdin?.end(asText(numbered(100, 200)));
    expect(await third.ended).toBe(0);
    expect(bench.receiver.lines()).toEqual([...numbered(0, 100), "half of a li", ...numbered(100, 200)]);
  });

  it("are not lost by the spool's bound: the input waits", async () => {
    await bench.receiver.stop();
    const shipper = bench.ship(["-m", "1"]);
    const lines = Array.from({ length: 3000 }, (_, index) => `${index} ${"x".repeat(1000)}`);
    let drained = false;
    shipper.stdin?.write(asText(lines), () => {
      drained = true;
    });
    await until(() => expect(shipper.complaints()).toContain("the spool holds 1 MiB: the input waits"));
    const bytes = bench
      .spooled("in")
      .reduce((sum, name) => sum + statSync(bench.path("spool", "in", name)).size, 0);
    // At most what one reading takes beyond the bound.
    expect(bytes).toBeLessThan(6 * 1024 * 1024);
    await bench.receiver.start();
    shipper.stdin?.end();
    expect(await shipper.ended).toBe(0);
    expect(drained).toBe(true);
    expect(bench.receiver.lines()).toEqual(lines);
  });

  it("go on when the spool was full in the middle of a line", async () => {
    await bench.receiver.stop();
    const shipper = bench.ship(["-m", "1"]);
    const lines = Array.from({ length: 3000 }, (_, index) => `${index} ${"x".repeat(1000)}`);
    const text = asText(lines);
    const spooledBytes = () => sizes("in").reduce((sum, size) => sum + size, 0);
    const sizes = (name: string) =>
      bench.spooled(name).map((file) => statSync(bench.path("spool", name, file)).size);
    shipper.stdin?.write(text.slice(0, 1_040_500));
    await until(() => expect(spooledBytes()).toBe(1_040_500));
    shipper.stdin?.write(text.slice(1_040_500, 1_090_500));
    await until(() => expect(shipper.complaints()).toContain("the input waits"));
    // What has not ended waits in a buffer of its own, so that the full one can go.
    expect(sizes("in").sort((a, b) => a - b)[0]).toBeLessThan(1010);
    await bench.receiver.start();
    await until(() => expect(bench.receiver.lines().length).toBeGreaterThan(1030));
    shipper.stdin?.end(text.slice(1_090_500));
    expect(await shipper.ended).toBe(0);
    expect(bench.receiver.lines()).toEqual(lines);
    expect(shipper.complaints()).not.toContain("cannot write");
  });

  it("may be longer than the spool's bound", async () => {
    const shipper = bench.ship(["-m", "1"]);
    const long = "y".repeat(2_500_000);
    shipper.stdin?.end(`short\n${long}\nlast\n`);
    expect(await shipper.ended).toBe(0);
    expect(bench.receiver.lines()).toEqual(["short", long, "last"]);
  });

  it("that moved on to the next buffer as the power went are there once", async () => {
    const first = bench.ship();
    await until(() => expect(existsSync(bench.path("spool", "id"))).toBe(true));
    await until(() => expect(existsSync(bench.path("spool", "in"))).toBe(true));
    await kill(first);
    writeFileSync(bench.path("spool", "in", "1"), "whole\nhalf of");
    writeFileSync(bench.path("spool", "in", "2"), "half of");
    const second = bench.ship();
    second.stdin?.end("\nlast\n");
    expect(await second.ended).toBe(0);
    expect(bench.receiver.lines()).toEqual(["whole", "half of", "", "last"]);
  });

  it("may hold any bytes", async () => {
    const bytes = Buffer.from("\0 \xff \\ % $(true) `id` ' \"\n -n\n\n\t\r\n", "latin1");
    const shipper = bench.ship();
    shipper.stdin?.end(bytes);
    expect(await shipper.ended).toBe(0);
    expect(bench.receiver.text()).toBe(bytes.toString("latin1"));
  });
});

describe.skipIf(process.platform !== "linux")("a spool", () => {
  it("belongs to one process and one input", async () => {
    const file = bench.path("auth.log");
    writeFileSync(file, "");
    const first = bench.ship(["-f", file]);
    await until(() => expect(existsSync(bench.path("spool", "position"))).toBe(true));
    const second = bench.ship(["-f", file]);
    expect(await second.ended).toBe(1);
    expect(second.complaints()).toContain(`is in use by process ${first.pid}`);
    await kill(first);
    const third = bench.ship();
    expect(await third.ended).toBe(1);
    expect(third.complaints()).toContain(`belongs to another input: file ${file}`);
  });

  it.each([
    [["-m", "lots"], "-m takes a number of MiB"],
    [["-x"], "options"],
    [["stray"], "unexpected argument: stray"],
    [["-u", "ftp://x"], "say where to post with -u URL"],
  ])("is not begun with wrong options: %j", async (args, complaint) => {
    const shipper = bench.ship(args);
    expect(await shipper.ended).toBe(1);
    expect(shipper.complaints()).toContain(complaint);
  });
});
