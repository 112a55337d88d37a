import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { asciicastV2Text } from "@/lib/recordings/asciicast.ts";
import { IdleTime, playerIndex } from "@/lib/recordings/idle.ts";
import type { RecordingPart } from "@/lib/recordings/input.ts";
import { recordingLimits } from "@/lib/recordings/limits.ts";
import { RecordingError } from "@/lib/recordings/session.ts";
import { eventsOf, part, samplePart, textOf, type Watched, watched } from "@/lib/recordings/test-parts.ts";
import { refusedByPlayer } from "@/lib/recordings/test-player.ts";

const header = (more: object = {}) => JSON.stringify({ version: 2, width: 80, height: 24, ...more });
const out = (time: number, data: string) => JSON.stringify([time, "o", data]);
const said = out(1, "the text is here\r\n");
const cast = (...lines: string[]) => [part("a.cast", lines.join("\n"))];

function frame(seconds: number, micros: number, data: Uint8Array, length = data.length): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt32LE(seconds, 0);
  head.writeUInt32LE(micros, 4);
  head.writeUInt32LE(length, 8);
  return Buffer.concat([head, data]);
}

/** Each shows `the text is here`, and has the findings. */
const shown: [name: string, parts: () => RecordingPart[], findings: string[]][] = [
  ["a terminal of 100000x100000", () => cast(header({ width: 100_000, height: 100_000 }), said), ["size"]],
  ["a terminal of -1 columns", () => cast(header({ width: -1 }), said), ["no-size"]],
  ["a terminal of 0x0", () => cast(header({ width: 0, height: 0 }), said), ["no-size"]],
  ["sizes that are no numbers", () => cast(header({ width: "80", height: { a: 1 } }), said), ["no-size"]],
  ["a resize to 9999x9999", () => cast(header(), '[0, "r", "9999x9999"]', said), ["size"]],
  ["a resize to -1", () => cast(header(), '[0, "r", "-1x5"]', '[0, "r", "NaNxNaN"]', said), ["size"]],
  ["an event of 30 MB", () => cast(header(), said, out(2, "x".repeat(30_000_000))), ["large-event"]],
  ["OSC 112 without an end", () => cast(header(), out(0, "\u001b]112"), said), ["control-string"]],
  ["DCS without an end", () => cast(header(), out(0, "\u001bP1;2q+"), said), ["control-string"]],
  [
    "APC without an end",
    () => cast(header(), out(0.5, "\u001b_G"), said, out(3, "more")),
    ["control-string"],
  ],
  ["JSON 200,000 deep for an event", () => cast(header(), "[".repeat(200_000), said), ["unreadable"]],
  [
    "JSON 200,000 deep for data",
    () => cast(header(), `[0, "o", ${"[".repeat(200_000)}`, said),
    ["unreadable"],
  ],
  ["times that go back", () => cast(header(), out(9, "before\r\n"), said, out(2, "after")), ["order"]],
  [
    "times that are no numbers",
    () => cast(header(), '[NaN, "o", "a"]', '["1", "o", "b\\r\\n"]', said),
    ["order"],
  ],
  ["negative times", () => cast(header(), out(-5, "a\r\n"), said), ["order"]],
  ["huge times", () => cast(header(), '[1e300, "o", "a\\r\\n"]', said, '[1e9, "o", "b"]'), ["time-limit"]],
  [
    "half a surrogate pair",
    () => cast(header(), '[0, "o", "\\ud83d and \\ude00\\r\\n"]', said),
    ["encoding"],
  ],
  [
    "invalid UTF-8",
    () => [
      part(
        "a",
        Buffer.concat([
          Buffer.from(`${header()}\n[0, "o", "`),
          Buffer.from([0xff, 0xc3]),
          Buffer.from(`\\r\\n"]\n${said}`),
        ]),
      ),
    ],
    ["encoding"],
  ],
  ["NUL, raw and escaped", () => cast(header(), '[0, "o", "a\0b\\u0000\\r\\n"]', said), ["unreadable"]],
  ["an end within an event", () => cast(header(), '[1, "o", "the text is here'), ["truncated"]],
  [
    "a sequence that scrolls two thousand million times",
    () =>
      cast(
        header(),
        said,
        out(2, "\u001b[2147483647S\u001b[2147483647Lx\u001b[2147483647b\u001b[2147483647I"),
      ),
    ["control-sequence"],
  ],
  [
    "a hundred thousand clears",
    () => cast(header(), said, ...Array.from({ length: 100_000 }, () => out(2, "\u001b[2J\u001b[Hx"))),
    [],
  ],
  [
    "a hundred thousand screens",
    () =>
      cast(header(), said, ...Array.from({ length: 50_000 }, () => out(2, "\u001b[?1049hx\u001b[?1049l"))),
    [],
  ],
  [
    "a hundred thousand resizes",
    () =>
      cast(
        header(),
        said,
        ...Array.from({ length: 20_000 }, (_, at) => `[2, "r", "${100 + (at % 2)}x${30 + (at % 3)}"]`),
      ),
    [],
  ],
  [
    "a name of a megabyte with controls",
    () => cast(header({ title: "\u001b]0;x\u0007\u202e".repeat(20_000), command: "a\nb" }), said),
    [],
  ],
  [
    "__proto__ for a name",
    () => cast('{"__proto__":{"width":9},"version":2,"width":80,"height":24}', said),
    [],
  ],
  [
    "unknown codes, nulls, objects",
    () => cast(header(), '[0, "zz", "x"]', "[0, null, 3]", '[0, "o", {}]', "5", "{}", said),
    ["unknown-event", "unreadable", "unreadable"],
  ],
  [
    "a ttyrec that is cut off",
    () => [
      part(
        "a",
        Buffer.concat([
          frame(1e9, 0, Buffer.from("the text is here\r\n")),
          frame(1e9, 5, Buffer.from("mo"), 500),
        ]),
      ),
    ],
    ["no-size", "truncated"],
  ],
  [
    "a ttyrec whose clock leaps",
    () => [
      part(
        "a",
        Buffer.concat([
          frame(1e9, 0, Buffer.from("the text is here\r\n")),
          frame(1e9 + 1, 0, Buffer.from("a")),
          frame(4e9, 0, Buffer.from("b")),
          frame(5, 0, Buffer.from("c")),
        ]),
      ),
    ],
    ["no-size", "time-limit", "order"],
  ],
  [
    "a typescript shorter than its timing",
    () => [
      part("t", "0.1 5\n0.1 999999999999999\nnonsense\n"),
      part("s", "Script started on x\nthe text is here\r\n"),
    ],
    ["no-size", "truncated", "unreadable"],
  ],
  [
    "a timing shorter than its typescript",
    () => [part("t", "0.1 3\n"), part("s", "Script started on x\nthe text is here\r\n")],
    ["no-size", "truncated"],
  ],
  [
    "gzip that is cut off",
    () => [
      part("a.gz", gzipSync([header(), said, out(2, randomText(200_000))].join("\n")).subarray(0, -20_000)),
    ],
    ["truncated", "truncated"],
  ],
];

function randomText(length: number): string {
  let state = 7;
  let text = "";
  while (text.length < length) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    text += state.toString(36);
  }
  return text;
}

/** Each is refused with a reason. */
const refused: [name: string, parts: () => RecordingPart[], reason: RegExp][] = [
  ["nothing", () => [], /^recording: is empty$/],
  ["an empty file", () => [part("a", "")], /^recording: is empty$/],
  [
    "version 9",
    () => cast('{"version": 9, "width": 80, "height": 24}', said),
    /^version: 9 is no version of asciicast/,
  ],
  ["noise", () => [part("a", Buffer.from("not a recording at all"))], /^format: is none of asciicast v1/],
  [
    "a header 200,000 deep",
    () => cast(`{"version": 2, "a": ${"[".repeat(200_000)}`, said),
    /^header: is no JSON object of at most 64 levels$/,
  ],
  [
    "a header of 2 MB",
    () => cast(`{"version": 2, "width":80, "height":24, "title": "${"x".repeat(2_000_000)}"}`, said),
    /^header: is longer than 1048576 bytes$/,
  ],
  [
    "a v1 that is cut off",
    () => [part("a", '{"version": 1, "width": 80, "height": 24, "stdout": [[0, "x"]')],
    /^recording: is no whole JSON document/,
  ],
  [
    "a v1 of which stdout is deep",
    () => [part("a", `{"version": 1, "stdout": ${"[".repeat(100_000)}`)],
    /nested deeper than 64/,
  ],
  [
    "a gzip bomb",
    () => [part("a.gz", gzipSync(Buffer.alloc(300 * 1024 * 1024)))],
    /^a\.gz: unpacks to more than 200 times its size$/,
  ],
  [
    "a gzip bomb in a gzip",
    () => [part("a.gz", gzipSync(gzipSync(Buffer.alloc(50 * 1024 * 1024))))],
    /^(format|a)/,
  ],
  ["brotli", () => [part("a.br", Buffer.from("1b0000", "hex"))], /^format/],
];

/** Of this process since `start`: how long the work takes by the clock is up to what else the machine does. */
function secondsOfWork(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

describe("hostile recordings show their text", () => {
  it.each(shown)("%s", async (_name, parts, codes) => {
    const start = process.cpuUsage();
    const found = await watched(parts());
    expect(secondsOfWork(start)).toBeLessThan(8);
    expect(textOf(found.lines)).toContain("the text is here");
    expect(found.findings.map(({ code }) => code)).toEqual(codes);
    expectSound(found);
  });
});

describe("hostile recordings are refused with the reason", () => {
  it.each(refused)("%s", async (_name, parts, reason) => {
    const start = process.cpuUsage();
    await expect(watched(parts())).rejects.toThrow(reason);
    await expect(watched(parts())).rejects.toBeInstanceOf(RecordingError);
    expect(secondsOfWork(start)).toBeLessThan(8);
  });
});

function expectSound({ info, lines, segments, summary }: Watched): void {
  expect(info.columns).toBeLessThanOrEqual(recordingLimits.columns);
  expect(info.rows).toBeLessThanOrEqual(recordingLimits.rows);
  const times = lines.map((line) => line.timeUs);
  expect(times.every((time, at) => time >= (times[at - 1] ?? 0) && Number.isSafeInteger(time))).toBe(true);
  const index = playerIndex(
    {
      durationUs: summary.durationUs,
      ...info,
      segmentStartsUs: segments.map(({ startUs }) => startUs),
      markers: [],
    },
    new IdleTime(summary.pauses, undefined),
    (segment) => `${segment}`,
  );
  expect(refusedByPlayer(index, segments)).toEqual([]);
}

it("samples with bytes changed are read or refused, never worse", async () => {
  const names = [
    "asciinema/demo-v2.cast",
    "tlog/demo.tlog.json",
    "ttyrec/demo.ttyrec",
    "script-shell/shell.out",
    "script/advanced.timing",
  ];
  let state = 1;
  const random = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
  for (const name of names) {
    const sample = samplePart(name).source;
    for (let round = 0; round < 60; round++) {
      const bytes = Buffer.from(sample.read(0, sample.size));
      for (let many = 0; many <= round % 8; many++) bytes[random(bytes.length)] = random(256);
      const parts = [part("a", bytes.subarray(0, round % 5 === 0 ? random(bytes.length) : bytes.length))];
      if (name.includes("advanced")) parts.push(samplePart("script/advanced.out"));
      try {
        expectSound(await watched(parts));
      } catch (error) {
        if (!(error instanceof RecordingError)) throw error;
      }
    }
  }
});

it("a download is a sane asciicast of the same events", async () => {
  const hostile = cast(
    header({ width: 9999, title: "a\u001bb", theme: { fg: "red" } }),
    out(3, "\u001b]112"),
    said,
    '[4, "r", "9999x1"]',
    '[5, "m", "x\\n"]',
    '[6, "x", "3"]',
  );
  const first = await eventsOf(hostile);
  const text = [...asciicastV2Text(first)].join("");
  expect(text.split("\n", 1)[0]).toBe('{"version":2,"width":500,"height":24,"title":"a b"}');
  const second = await eventsOf([part("a.cast", text)]);
  expect(second.events).toEqual(first.events);
  expect(second.findings).toEqual([]);
  expect(text).toContain('[3.000000, "o", "\\u001b]112\\u001b\\\\the text is here\\r\\n"]');
});
