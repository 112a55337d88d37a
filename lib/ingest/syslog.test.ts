import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseSyslogLine } from "@/lib/ingest/syslog.ts";
import { processorMs } from "@/lib/test-time.ts";

const context = { timeZone: "UTC", receivedAt: "2026-11-21T09:00:00.000000Z" };
const parse = (line: string, timeZone = "UTC") => parseSyslogLine(line, { ...context, timeZone });
const from = (time: string) => ({ time, host: "vm", program: "sshd", pid: "29446", message: "hello: there" });

describe("the forms of a line", () => {
  it.each([
    ["traditional file", "Nov 21 08:48:37 vm sshd[29446]: hello: there", "2026-11-21T08:48:37Z"],
    ["day padded by a blank", "Nov  2 08:48:37 vm sshd[29446]: hello: there", "2026-11-02T08:48:37Z"],
    ["day not padded", "Nov 2 08:48:37 vm sshd[29446]: hello: there", "2026-11-02T08:48:37Z"],
    ["day padded by nought", "Aug 03 21:39:20 vm sshd[29446]: hello: there", "2026-08-03T21:39:20Z"],
    ["RFC 3164 with priority", "<38>Nov 21 08:48:37 vm sshd[29446]: hello: there", "2026-11-21T08:48:37Z"],
    ["short-precise", "Nov 21 08:48:37.861890 vm sshd[29446]: hello: there", "2026-11-21T08:48:37.861890Z"],
    ["short-iso", "2026-11-21T09:48:37+0100 vm sshd[29446]: hello: there", "2026-11-21T08:48:37Z"],
    [
      "short-iso-precise",
      "2026-11-21T09:48:37.861894+01:00 vm sshd[29446]: hello: there",
      "2026-11-21T08:48:37.861894Z",
    ],
    [
      "nanoseconds",
      "2026-11-21T08:48:37.861894999Z vm sshd[29446]: hello: there",
      "2026-11-21T08:48:37.861894Z",
    ],
    ["ISO without zone", "2026-11-21T08:48:37 vm sshd[29446]: hello: there", "2026-11-21T08:48:37Z"],
    ["short-full UTC", "Sat 2026-11-21 08:48:37 UTC vm sshd[29446]: hello: there", "2026-11-21T08:48:37Z"],
    ["short-full number", "Sat 2026-11-21 05:48:37 -03 vm sshd[29446]: hello: there", "2026-11-21T08:48:37Z"],
    ["short-unix", "1795250917.861894 vm sshd[29446]: hello: there", "2026-11-21T08:48:37.861894Z"],
    [
      "RFC 5424",
      "<38>1 2026-11-21T08:48:37.861894+00:00 vm sshd 29446 - - hello: there",
      "2026-11-21T08:48:37.861894Z",
    ],
    [
      "RFC 5424 with structured data",
      '<38>1 2026-11-21T08:48:37Z vm sshd 29446 ID47 [a@1 b="x\\"] y" c="]"][d] hello: there',
      "2026-11-21T08:48:37Z",
    ],
    [
      "RFC 5424 with a byte-order mark",
      "<38>1 2026-11-21T08:48:37Z vm sshd 29446 - - \uFEFFhello: there",
      "2026-11-21T08:48:37Z",
    ],
  ])("%s", (_, line, time) => expect(parse(line)).toEqual(from(time)));

  it("takes the zone where the line has none", () => {
    expect(parse("Nov 21 09:48:37 vm sshd[29446]: hello: there", "Europe/Rome")).toEqual(
      from("2026-11-21T08:48:37Z"),
    );
    expect(parse("2026-11-21T09:48:37 vm sshd[29446]: hello: there", "Europe/Rome")).toEqual(
      from("2026-11-21T08:48:37Z"),
    );
  });

  it("knows lines without a host, a process or a program", () => {
    expect(parse("Nov 21 08:48:37 sshd[7]: error: no")).toEqual({
      time: "2026-11-21T08:48:37Z",
      host: undefined,
      program: "sshd",
      pid: "7",
      message: "error: no",
    });
    expect(parse("Nov 21 08:48:37 vm kernel: up")).toMatchObject({ program: "kernel", pid: undefined });
    expect(parse("Nov 21 08:48:37 vm -- MARK --")).toMatchObject({ program: "", message: "-- MARK --" });
    expect(parse("<38>1 2026-11-21T08:48:37Z - - - - -")).toEqual({
      time: "2026-11-21T08:48:37Z",
      host: undefined,
      program: "",
      pid: undefined,
      message: "",
    });
  });

  it("tells journalctl's remarks", () => {
    expect(parse("-- Boot 5c0a8c0e --")).toEqual({ notice: "a remark of journalctl" });
    expect(parse("-- cursor: s=1;i=2")).toEqual({ notice: "a remark of journalctl" });
  });
});

describe("no syslog line", () => {
  it.each([
    ["Accepted password for root from 1.2.3.4 port 5 ssh2", /does not begin with a time/],
    ["", /does not begin with a time/],
    ["{}", /does not begin with a time/],
    ["<192>Nov 21 08:48:37 vm sshd[1]: x", /above 191/],
    ["<38>1 - vm sshd 1 - - x", /has no time/],
    ["<38>1 yesterday vm sshd 1 - - x", /not an RFC 5424 time: yesterday/],
    ["<38>1 2026-11-21T08:48:37Z vm sshd", /within its header/],
    ['<38>1 2026-11-21T08:48:37Z vm sshd 1 - [a b="c x', /structured data/],
    ["<38>1 2026-11-21T08:48:37Z vm sshd 1 - x y", /structured data/],
    ["Nov 31 08:48:37 vm sshd[1]: x", /no such time: Nov 31/],
    ["Abc 21 08:48:37 vm sshd[1]: x", /no such time/],
    ["2026-11-21T25:48:37Z vm sshd[1]: x", /no such time/],
    ["Sat 2026-11-21 08:48:37 CET vm sshd[1]: x", /CET has more than one meaning/],
  ])("%s", (line, problem) => expect(parse(line)).toEqual({ problem: expect.stringMatching(problem) }));

  it("is found out in no time, however long", () => {
    const started = processorMs();
    for (const filler of [" ", "[", "<", "a ", ": ", "sshd[", '[a="', "1"]) {
      const long = filler.repeat(65_536 / filler.length);
      parse(long);
      parse(`Nov 21 08:48:37 vm ${long}`);
      parse(`<38>1 2026-11-21T08:48:37Z vm sshd 1 - ${long}`);
    }
    expect(processorMs() - started).toBeLessThan(5000);
  });
});

it("takes every line of a real file apart", () => {
  const lines = readFileSync("samples/syslog/all-rfc5424.log", "utf8").trimEnd().split("\n");
  const programs = new Map<string, number>();
  for (const line of lines) {
    const parsed = parse(line);
    if (!("program" in parsed)) throw new Error(`${line}: ${JSON.stringify(parsed)}`);
    programs.set(parsed.program, (programs.get(parsed.program) ?? 0) + 1);
  }
  expect(Object.fromEntries(programs)).toEqual({
    rsyslogd: 1,
    demo: 1,
    su: 18,
    sudo: 39,
    chpasswd: 1,
    sshd: 103,
    "internal-sftp": 9,
    auditd: 4,
  });
});
