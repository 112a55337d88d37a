import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { eventsOf, part, samplePart, sampleTar, textOf, watched } from "@/lib/recordings/test-parts.ts";

const demo = ["hello from vm", "green text", "PackageKit", "X11", "adduser.conf", "ünïcode ✓"].join("\n");

describe("the same session by every recorder", () => {
  it.each([
    ["asciinema", async () => [samplePart("asciinema/demo-v2.cast")]],
    ["tlog", async () => [samplePart("tlog/demo.tlog.json")]],
    ["script", async () => [samplePart("script/classic.timing"), samplePart("script/classic.typescript")]],
    [
      "script, streams",
      async () => [samplePart("script/advanced.out"), samplePart("script/advanced.timing")],
    ],
    ["script without timing", async () => [samplePart("script/classic.typescript")]],
    ["ttyrec", async () => [samplePart("ttyrec/demo.ttyrec")]],
    ["sudo", async () => [await sampleTar("sudo-demo")]],
    ["sudo, gzipped tar", async () => [gzipped(await sampleTar("sudo-demo"))]],
  ])("shows the same text: %s", async (_name, parts) => {
    const { lines, segments } = await watched(await parts());
    expect(textOf(lines)).toBe(demo);
    expect(segments).toHaveLength(1);
  });

  it("knows when the lines came", async () => {
    const { lines } = await watched([
      samplePart("script/advanced.out"),
      samplePart("script/advanced.timing"),
    ]);
    expect(lines.map((line) => line.timeUs)).toEqual([10_121, 304_551, 507_656, 507_656, 507_656, 909_581]);
  });
});

function gzipped(tar: {
  name: string;
  source: { size: number; read(at: number, length: number): Uint8Array };
}) {
  return part("folder.tar.gz", gzipSync(tar.source.read(0, tar.source.size)));
}

describe("what a recording says about itself", () => {
  it("asciinema", async () => {
    const { info } = await eventsOf([samplePart("asciinema/demo-v2.cast")]);
    expect(info).toEqual({
      format: "asciicast-v2",
      columns: 100,
      rows: 30,
      startedAt: "2026-11-21T08:44:54.000000Z",
      title: "demo title",
      shell: "/bin/bash",
      terminal: "xterm-256color",
      idleTimeLimit: 2,
    });
  });

  it("script", async () => {
    const parts = [samplePart("script-shell/shell.timing"), samplePart("script-shell/shell.in")];
    const { info, events } = await eventsOf([...parts, samplePart("script-shell/shell.out")]);
    expect(info).toEqual({
      format: "script",
      columns: 100,
      rows: 30,
      startedAt: "2026-11-21T18:10:02.000000Z",
      command: "cd /; exec bash --norc -i",
      tty: "/dev/pts/0",
      terminal: "xterm-256color",
      shell: "/bin/bash",
    });
    expect(events.at(-1)).toEqual([expect.any(Number), "x", "4"]);
    const typed = events.filter(([, code]) => code === "i").map(([, , data]) => data);
    expect(typed.join("")).toContain("ls -1 /srv/data\r");
  });

  it("sudo", async () => {
    const { info } = await eventsOf([await sampleTar("sudo-shell")]);
    expect(info).toMatchObject({
      format: "sudo-iolog",
      columns: 100,
      rows: 30,
      startedAt: "2026-11-21T18:09:49.578991Z",
      command: "/usr/bin/bash --norc -i",
      user: "root",
      targetUser: "root",
      host: "vm",
      tty: "/dev/pts/0",
      directory: "/",
    });
  });

  it("tlog", async () => {
    const { info, findings } = await eventsOf([samplePart("tlog/demo.tlog.json")]);
    expect(info).toMatchObject({
      user: "root",
      host: "vm",
      startedAt: "2026-11-21T08:44:47.148000Z",
      columns: 80,
    });
    expect(findings.map(({ code }) => code)).toEqual(["no-size"]);
  });

  it("ttyrec", async () => {
    const { info } = await eventsOf([samplePart("ttyrec/demo.ttyrec")]);
    expect(info.startedAt).toMatch(/^2026-11-21T/);
    const sized = Buffer.from("\u001b[8;40;132thello");
    const header = Buffer.alloc(12);
    header.writeUInt32LE(1_795_000_000, 0);
    header.writeUInt32LE(sized.length, 8);
    expect((await eventsOf([part("a", Buffer.concat([header, sized]))])).info).toMatchObject({
      columns: 132,
      rows: 40,
    });
  });
});

describe("asciicast v1 and v3", () => {
  it("v1 counts from the event before", async () => {
    const cast = JSON.stringify({
      version: 1,
      width: 90,
      height: 20,
      duration: 3,
      command: "/bin/sh",
      env: { TERM: null },
      stdout: [
        [1, "a"],
        [0.5, "b"],
      ],
    });
    const { info, events } = await eventsOf([part("a.json", cast)]);
    expect(info).toMatchObject({ format: "asciicast-v1", columns: 90, rows: 20, command: "/bin/sh" });
    expect(events).toEqual([
      [1_000_000, "o", "a"],
      [1_500_000, "o", "b"],
    ]);
  });

  it("v3 counts intervals, of unknown events too, and skips comments", async () => {
    const lines = [
      '{"version":3,"term":{"cols":90,"rows":20,"type":"xterm","theme":{"fg":"#ffffff","bg":"#000000","palette":"x"}}}',
      "# a comment",
      '[1.0, "o", "a"]',
      "",
      '[0.5, "z", "future"]',
      '[0.25, "r", "100x30"]',
      '[0.25, "m", "here"]',
      '[1, "x", "7"]',
    ];
    const { info, events, findings } = await eventsOf([part("a.cast", lines.join("\n"))]);
    expect(info).toEqual({ format: "asciicast-v3", columns: 90, rows: 20, terminal: "xterm" });
    expect(events).toEqual([
      [1_000_000, "o", "a"],
      [1_750_000, "r", "100x30"],
      [2_000_000, "m", "here"],
      [3_000_000, "x", "7"],
    ]);
    expect(findings.map(({ code }) => code)).toEqual(["unknown-event"]);
  });
});

describe("tlog", () => {
  const message = (id: number, pos: number, timing: string, output: string, bytes: number[] = []) =>
    JSON.stringify({
      ver: "2.3",
      host: "h",
      rec: "r",
      user: "u",
      term: "t",
      session: 1,
      id,
      pos,
      time: 1795250687.148,
      timing,
      in_txt: "",
      in_bin: [],
      out_txt: output,
      out_bin: bytes,
    });

  it("puts late messages in their places and takes repeated ones once", async () => {
    const third = `<86>Nov 21 08:44:47 h tlog: ${message(3, 30, ">1", "c")}`;
    const second = JSON.stringify({ MESSAGE: message(2, 20, ">1", "b"), TLOG_REC: "r" });
    const first = message(1, 0, "=90x20+5>1", "a");
    const { events, info, findings } = await eventsOf([part("t", [first, third, second, third].join("\n"))]);
    expect(info).toMatchObject({ columns: 90, rows: 20 });
    expect(events.filter(([, code]) => code === "o")).toEqual([
      [5000, "o", "a"],
      [20_000, "o", "b"],
      [30_000, "o", "c"],
    ]);
    expect(findings.map(({ code }) => code).sort()).toEqual(["duplicate", "order"]);
  });

  it("counts characters, and puts bytes in the places of what stands for them", async () => {
    const line = message(1, 0, "=90x20>2+1]1/2>1", "😀é\ufffdz", [0xc3, 0xbc]);
    const { events } = await eventsOf([part("t", line)]);
    expect(events.map(([, , data]) => data)).toEqual(["90x20", "😀é", "ü", "z"]);
  });

  it("shows text that the timing does not reach, and tells of missing messages", async () => {
    const { events, findings } = await eventsOf([
      part("t", [message(1, 0, "=90x20>1?", "ab"), message(4, 10, ">1", "c")].join("\n")),
    ]);
    expect(events.filter(([, code]) => code === "o").map(([, , data]) => data)).toEqual(["a", "b", "c"]);
    expect(findings.map(({ code }) => code)).toEqual(["unreadable", "unreadable", "missing"]);
  });

  it("refuses the messages of two recordings, naming them", async () => {
    const other = message(1, 0, ">1", "x").replace('"r"', '"other"');
    await expect(eventsOf([part("t", `${message(1, 0, ">1", "x")}\n${other}`)])).rejects.toThrow(
      /^rec: .*h r and h other/,
    );
  });
});

describe("sudo", () => {
  it("refuses a tar of several logs", async () => {
    const log = "1795250732:alice:root::/dev/pts/2:30:100\n/\n/bin/id\n";
    const files = ["00/00/01/", "00/00/02/"].flatMap((folder) => [
      part(`${folder}timing`, "4 0.1 1\n"),
      part(`${folder}log`, log),
    ]);
    await expect(eventsOf(files)).rejects.toThrow("tar: holds 2 I/O logs");
  });

  it("reads the older log, and gives output that had no terminal its line ends", async () => {
    const log = "1795250732:alice:root::/dev/pts/2:30:100\n/home/alice\n/usr/bin/id -u\n";
    const timing = "1 0.5 4\n5 0.1 40 120\n7 0.1 TSTP\n";
    const { info, events } = await eventsOf([
      part("log", log),
      part("timing", timing),
      part("stdout", "0\n1\n"),
    ]);
    expect(info).toMatchObject({
      user: "alice",
      targetUser: "root",
      command: "/usr/bin/id -u",
      columns: 100,
      rows: 30,
    });
    expect(events).toEqual([
      [500_000, "o", "0\r\n1\r\n"],
      [600_000, "r", "120x40"],
      [700_000, "m", "Signal TSTP"],
    ]);
  });
});

it("a character that two events share is one", async () => {
  const timing = "0.1 1\n0.1 1\n0.1 2\n";
  const { events, findings } = await eventsOf([
    part("timing", timing),
    part("out", "Script started on x\nü\u00e4"),
  ]);
  expect(events.map(([, , data]) => data)).toEqual(["ü", "ä"]);
  expect(findings.map(({ code }) => code)).toEqual(["no-size"]);
});
