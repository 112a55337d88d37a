import { describe, expect, it } from "vitest";
import type { SessionFacts } from "@/lib/recordings/live-session.ts";
import { FrameReader } from "@/lib/recordings/sudo/frames.ts";
import type { ServerMessage } from "@/lib/recordings/sudo/messages.ts";
import { SudoReceiver } from "@/lib/recordings/sudo/receiver.ts";
import {
  acceptMsg,
  clientBody,
  clientFrame,
  infoMsgs,
  readTrace,
  readWire,
  submitTime,
} from "@/lib/recordings/sudo/test-client.ts";
import { MemorySessions } from "@/lib/recordings/test-sessions.ts";

function conversation(sessions = new MemorySessions()) {
  const sent: ServerMessage[] = [];
  const receiver = new SudoReceiver(sessions, {
    send: (message) => {
      sent.push(message);
    },
    abort: async (abort) => {
      sent.push({ abort });
    },
  });
  const say = (...messages: Record<string, unknown>[]) => receiver.receive(messages.map(clientBody));
  return { sessions, sent, receiver, say };
}

const out = (text: string | Buffer, tvNsec = 1_000_000, tvSec = 0) => ({
  ttyoutBuf: { delay: { tvSec, tvNsec }, data: Buffer.from(text) },
});
const wire = (id: number) =>
  Buffer.concat(
    readTrace()
      .filter((line) => line.id === id && line.dir === "c>s")
      .map((line) => clientFrame(line.m ?? {})),
  );
const shownIn = (id: number) =>
  readTrace()
    .filter((line) => line.id === id)
    .map(({ m }) => (m?.["ttyoutBuf"] as { data?: string } | undefined)?.data ?? "")
    .map((data) => Buffer.from(data, "base64").toString())
    .join("");
const answers = (id: number) =>
  readTrace()
    .filter((line) => line.id === id && line.dir === "s>c" && line.m && !("hello" in line.m))
    .map((line) => line.m);

async function replay(bytes: Buffer, size: number) {
  const talk = conversation();
  const frames = new FrameReader();
  for (let at = 0; at < bytes.length; at += size) {
    await talk.receiver.receive(frames.push(bytes.subarray(at, at + size)));
  }
  return talk;
}

describe("what sudo 1.9.13 sent", () => {
  it("is encoded as sudo encodes it", () => {
    expect(wire(1).equals(readWire())).toBe(true);
  });

  for (const size of [1, 7, 1021, 1 << 20]) {
    it(`gives a shell with its sub-commands, in pieces of ${size}`, async () => {
      const { sessions, sent, receiver } = await replay(wire(3), size);
      const [session] = sessions.opened;
      expect(session?.facts).toMatchObject({
        kind: "sudo",
        recordId: "vm/1795250782.506696381",
        at: "2026-11-21T08:46:22.506696Z",
        user: "alice",
        targetUser: "root",
        target: "vm",
        command: "/usr/bin/bash",
        argv: ["bash", "--norc"],
        cwd: "/home/alice",
        tty: "/dev/pts/2",
        columns: 100,
        rows: 30,
        isRecorded: true,
      } satisfies Partial<SessionFacts>);
      expect(session?.events.slice(0, 4)).toEqual([
        [4348, "o", "\u001b[?2004h"],
        [4688, "o", "bash-5.2# "],
        [1_501_916, "i", "whoami\r"],
        [1_502_106, "o", "whoami\r\n\u001b[?2004l\r"],
      ]);
      expect(session?.text()).toBe(shownIn(3));
      expect(session?.events.filter(([, code]) => code === "r")).toEqual([[2_102_659, "r", "120x40"]]);
      expect(
        session?.commands.map(({ command, argv, timeUs, denied }) => [command, argv, timeUs, denied]),
      ).toEqual([
        ["/usr/bin/whoami", ["/usr/bin/whoami"], 1_502_835, null],
        ["/usr/bin/ls", ["/usr/bin/ls", "/"], 2_703_970, null],
        ["/usr/bin/head", ["/usr/bin/head", "-2"], 2_705_030, null],
      ]);
      expect(session?.ended).toEqual({
        at: "2026-11-21T08:46:25.812364Z",
        exitCode: 7,
        signal: null,
        dumpedCore: false,
        error: null,
      });
      expect(sent.map((message) => ("logId" in message ? { logId: "rec-3" } : message))).toEqual(answers(3));
      expect(receiver.isFinished).toBe(true);
    });
  }

  it("gives a command that was refused, with the reason", async () => {
    const { sessions, sent } = await replay(wire(2), 100);
    expect(sessions.opened).toEqual([]);
    expect(sent).toEqual([]);
    expect(sessions.incidents).toMatchObject([
      { what: "refused", reason: "command not allowed", user: "alice", command: "/usr/bin/passwd" },
    ]);
    expect(sessions.incidents[0]?.original).toMatchObject({
      submit_time: { seconds: 1795250781, nanoseconds: 301620832 },
      runuid: 0,
    });
  });
});

describe("a session", () => {
  it("without recording is its commands and its end, and gets no commit point", async () => {
    const { sessions, sent, say } = conversation();
    await say(acceptMsg({}, false), { exitMsg: { runTime: { tvSec: 2 }, signal: "TERM", exitValue: 143 } });
    expect(sent).toEqual([]);
    expect(sessions.opened[0]?.facts).toMatchObject({ isRecorded: false, columns: 80, rows: 24 });
    expect(sessions.opened[0]?.ended).toMatchObject({
      signal: "TERM",
      exitCode: 143,
      at: "2026-11-21T08:46:22.108390Z",
    });
  });

  it("keeps a sub-command that was refused", async () => {
    const { sessions, say } = conversation();
    const later = { tvSec: submitTime.tvSec + 1, tvNsec: submitTime.tvNsec };
    await say(acceptMsg(), { rejectMsg: { submitTime: later, reason: "not allowed", infoMsgs: infoMsgs() } });
    expect(sessions.opened[0]?.commands).toMatchObject([{ denied: "not allowed", timeUs: 1_000_000 }]);
  });

  it("keeps an alert, before and within", async () => {
    const { sessions, say } = conversation();
    const alertMsg = { alertTime: submitTime, reason: "unable to read /etc/sudoers", infoMsgs: [] };
    await say({ alertMsg }, acceptMsg(), { alertMsg });
    expect(sessions.incidents).toMatchObject([
      { what: "alert", reason: "unable to read /etc/sudoers", user: null },
      { what: "alert" },
    ]);
  });

  it("shows suspension, pipes with line feeds alone, and characters that were cut", async () => {
    const { sessions, say } = conversation();
    const globe = Buffer.from("🌍");
    await say(
      acceptMsg(),
      out(globe.subarray(0, 2)),
      { stdoutBuf: { delay: { tvSec: 1 }, data: Buffer.from("a\nb\r") } },
      out(globe.subarray(2)),
      { stdoutBuf: { delay: {}, data: Buffer.from("\nc") } },
      { suspendEvent: { delay: { tvSec: 1 }, signal: "TSTP" } },
      { suspendEvent: { delay: { tvSec: 1 }, signal: "CONT" } },
      out(globe.subarray(0, 3)),
      { exitMsg: {} },
    );
    expect(sessions.opened[0]?.events.map(([, code, data]) => [code, data])).toEqual([
      ["o", "a\r\nb\r"],
      ["o", "🌍"],
      ["o", "\nc"],
      ["m", "Suspended (SIGTSTP)"],
      ["m", "Resumed"],
      ["o", "\ufffd"],
    ]);
  });

  it("draws no terminal that a player would choke on", async () => {
    const { sessions, say } = conversation();
    await say(acceptMsg({ columns: 2_000_000_000, lines: -4 }), {
      winsizeEvent: { delay: {}, rows: 0, cols: 2_000_000_000 },
    });
    expect(sessions.opened[0]?.facts).toMatchObject({ columns: 500, rows: 24 });
    expect(sessions.opened[0]?.events).toEqual([[0, "r", "500x24"]]);
  });

  it("that loses its connection can be resumed; one that was told to end is over", async () => {
    const first = conversation();
    await first.say(acceptMsg(), out("a"));
    await first.receiver.lost("gone");
    expect(first.sessions.opened[0]).toMatchObject({ lostFor: "gone", ended: undefined });

    const second = conversation();
    await second.say(acceptMsg());
    await second.sessions.opened[0]?.kill("ended by\u001b[2J admin@example.org\n: lunch");
    expect(second.sent.at(-1)).toEqual({ abort: "ended by [2J admin@example.org : lunch" });
    await second.receiver.lost("gone");
    expect(second.sessions.opened[0]).toMatchObject({ lostFor: undefined, ended: { exitCode: null } });
  });
});

describe("commit points", () => {
  it("are the exact times of buffers that are on disk, never within a character", async () => {
    const { sent, receiver, say } = conversation();
    await say(acceptMsg(), out("a", 1500), out("b", 1200));
    await receiver.commit();
    await say(out(Buffer.from([0xe4, 0xb8]), 5000));
    await receiver.commit();
    await say(out(Buffer.from([0x96]), 7));
    await receiver.commit();
    await receiver.commit();
    expect(sent.slice(1)).toEqual([
      { commitPoint: { tvSec: 0, tvNsec: 2700 } },
      { commitPoint: { tvSec: 0, tvNsec: 7707 } },
    ]);
  });

  it("let a session be resumed, whatever was stored after them, without loss and without doubles", async () => {
    // Two and three buffers within one microsecond, which sudo tells apart and a recording does not.
    const delays = [400, 100, 700, 100, 100, 2000, 1, 1, 900, 3000];
    const all = delays.map((delay, index) => out(String(index), delay));
    const whole = conversation();
    await whole.say(acceptMsg(), ...all);
    const expected = whole.sessions.opened[0]?.events;
    for (let committed = 1; committed <= all.length; committed++) {
      for (let stored = committed; stored <= all.length; stored++) {
        const { sessions, sent, receiver, say } = conversation();
        await say(acceptMsg(), ...all.slice(0, committed));
        await receiver.commit();
        await say(...all.slice(committed, stored));
        await receiver.lost("cut");
        const last = sent.findLast((message) => "commitPoint" in message);
        if (!last || !("commitPoint" in last)) throw new Error("no commit point");
        const resumePoint = last.commitPoint;
        const sums = delays.map((_, index) =>
          delays.slice(0, index + 1).reduce((sum, delay) => sum + delay, 0),
        );
        const next = sums.indexOf(resumePoint.tvNsec) + 1;
        const again = conversation(sessions);
        await again.say({ restartMsg: { logId: "log-1", resumePoint } }, ...all.slice(next));
        expect(sessions.opened[0]?.events).toEqual(expected);
      }
    }
  });

  it("of a session that nobody has are refused", async () => {
    const { say } = conversation();
    const restartMsg = { logId: "../etc", resumePoint: { tvSec: 1 } };
    await expect(say({ restartMsg })).rejects.toThrow("restartMsg.logId: no open session has this id");
  });
});

describe("what no sudo would send", () => {
  const refusals: [string, Record<string, unknown>[], string][] = [
    ["output without a session", [out("x")], "ttyoutBuf without a session that is recorded"],
    [
      "output of a session without recording",
      [acceptMsg({}, false), out("x")],
      "without a session that is recorded",
    ],
    ["an exit without a session", [{ exitMsg: {} }], "exitMsg without a session"],
    ["a second hello", [acceptMsg(), { helloMsg: {} }], "helloMsg within a session"],
    ["an accept without a time", [{ acceptMsg: { infoMsgs: infoMsgs() } }], "acceptMsg.submitTime"],
    [
      "an accept without a user",
      [{ acceptMsg: { submitTime, infoMsgs: [] } }],
      "acceptMsg.submithost is missing",
    ],
    ["a user that is a number", [acceptMsg({ submituser: 7 })], "acceptMsg.submituser is no string"],
    ["a user without a name", [acceptMsg({ submituser: "" })], "acceptMsg.submituser is empty"],
    ["a NUL", [acceptMsg({ command: "/bin/a\0b" })], "holds a NUL character"],
    ["a key of its own making", [acceptMsg({ __proto: 1 })], "key: is no key"],
    ["a negative delay", [acceptMsg(), out("x", -1)], "ttyoutBuf.delay.tvNsec"],
    ["a nanosecond too many", [acceptMsg(), out("x", 1_000_000_000)], "ttyoutBuf.delay.tvNsec"],
    ["a thousand years", [acceptMsg(), out("x", 0, 31_536_000_000)], "ttyoutBuf.delay.tvSec"],
    ["twelve years", [acceptMsg(), out("x", 0, 2e8), out("x", 0, 2e8)], "more than ten years"],
    [
      "a run of a thousand years",
      [acceptMsg(), { exitMsg: { runTime: { tvSec: 3e10 } } }],
      "exitMsg.runTime.tvSec",
    ],
    ["nothing", [{}], "a message of no known type"],
  ];
  for (const [name, messages, reason] of refusals) {
    it(`is refused with the reason: ${name}`, async () => {
      await expect(conversation().say(...messages)).rejects.toThrow(reason);
    });
  }

  it("is refused with the reason: the same key twice, no protobuf, groups without end", async () => {
    const twice = { acceptMsg: { submitTime, infoMsgs: [...infoMsgs(), ...infoMsgs()] } };
    await expect(conversation().say(twice)).rejects.toThrow("acceptMsg.command comes twice");
    const frames = (...bytes: Buffer[]) => conversation().receiver.receive(bytes);
    await expect(frames(Buffer.from("GET / HTTP/1.1"))).rejects.toThrow("cannot be decoded");
    await expect(frames(Buffer.alloc(2 << 20, 0x0b))).rejects.toThrow("cannot be decoded");
    await expect(frames(Buffer.alloc(0))).rejects.toThrow("no known type");
  });

  it("keeps what came before it", async () => {
    const { sessions, receiver, say } = conversation();
    await expect(say(acceptMsg(), out("kept"), { helloMsg: {} })).rejects.toThrow();
    await receiver.lost("a wrong message");
    expect(sessions.opened[0]?.text()).toBe("kept");
  });
});

describe("frames", () => {
  it("longer than sudo's limit are refused before memory is taken for them", () => {
    expect(() => [...new FrameReader().push(Buffer.from([0xff, 0xff, 0xff, 0xff]))]).toThrow("longer than");
    expect(() => [...new FrameReader().push(Buffer.from([0x00, 0x20, 0x00, 0x01]))]).toThrow("longer than");
  });
});
