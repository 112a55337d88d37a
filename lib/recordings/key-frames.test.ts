import { describe, expect, it } from "vitest";
import { IdleTime, playerIndex, playerSegment } from "@/lib/recordings/idle.ts";
import { part, samplePart, sampleTar, type Watched, watched } from "@/lib/recordings/test-parts.ts";
import { play, playerTerminal, refusedByPlayer } from "@/lib/recordings/test-player.ts";

function cast(events: readonly (readonly [number, string, string])[]) {
  const header = JSON.stringify({ version: 2, width: 60, height: 12 });
  return [part("a.cast", [header, ...events.map((event) => JSON.stringify(event))].join("\n"))];
}

function indexOf({ info, segments, summary }: Watched, idle: IdleTime) {
  const { columns, rows } = info;
  const segmentStartsUs = segments.map(({ startUs }) => startUs);
  const source = { durationUs: summary.durationUs, columns, rows, segmentStartsUs, markers: summary.markers };
  return playerIndex(source, idle, (segment) => `${segment}.json`);
}

/** A session of everything that terminals remember, from a seed. */
function noisy(seed: number, count: number): [number, string, string][] {
  let state = seed;
  const random = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
  const pieces = [
    () => `word${random(100)} `,
    () => "\r\n",
    () => `\u001b[${30 + random(8)};${random(2)}m`,
    () => `\u001b[48;5;${random(256)}mbg\u001b[49m`,
    () => "\u001b[0m",
    () => `\u001b[${1 + random(12)};${1 + random(60)}H`,
    () => "\u001b[?25l",
    () => "\u001b[?25h",
    () => "\u001b(0lqqk\u001b(B",
    () => "\u001b(0",
    () => "\u001b(B",
    () => "日本",
    () => "\u001b[K",
    () => `\u001b[${random(3)}J`,
    () => "\u001b[L\u001b[M\r",
    () => `${"long ".repeat(random(20))}`,
  ];
  const events: [number, string, string][] = [];
  for (let at = 0; at < count; at++) {
    let output = "";
    for (let many = random(6); many >= 0; many--) output += pieces[random(pieces.length)]?.() ?? "";
    if (at % 40 === 20) output += "\u001b(B\u001b[?1049h";
    if (at % 40 === 39) output += "\u001b(B\u001b[?1049l";
    events.push([at / 10, "o", output]);
  }
  return events;
}

describe("key frames", () => {
  it.each([1, 2, 3, 4, 5, 6])("look and go on in the player as if all had been played: %i", async (seed) => {
    const found = await watched(cast(noisy(seed, 400)), { everyUs: 1_000_000, everyUnits: 300 });
    expect(found.segments.length).toBeGreaterThan(20);
    const through = playerTerminal(60, 12, "");
    for (const [number, { snapshot, events }] of found.segments.entries()) {
      const from = playerTerminal(snapshot.cols, snapshot.rows, snapshot.init);
      expect(
        from.rows().map(({ plain }) => plain),
        `start of ${number}`,
      ).toEqual(through.rows().map(({ plain }) => plain));
      play(from, events);
      play(through, events);
      expect(
        from.rows().map(({ styled }) => styled),
        `end of ${number}`,
      ).toEqual(through.rows().map(({ styled }) => styled));
      expect(from.cursor()).toEqual(through.cursor());
    }
  });

  it.each([
    ["a scrolling region", "\u001b[3;6r\u001b[6;1Hone\r\ntwo", "\r\nthree\r\nfour\u001b[r\u001b[1;1Htop"],
    ["origin mode", "\u001b[3;6r\u001b[?6h\u001b[2;3Hx", "y\u001b[1;1Hz\u001b[?6l\u001b[1;1Hw"],
    ["insert mode", "\rabcdef\u001b[4h\r12", "34\u001b[4l\rX"],
    ["no wrapping", "\u001b[?7lx", `${"y".repeat(80)}\r`],
    ["line drawing by shift", "\u001b)0\u000elqk", "lqk\u000flqk"],
    ["a saved cursor with its colours", "\u001b[5;5H\u001b[31;1m\u001b7\u001b[0m\u001b[1;1Hx", "y\u001b8red"],
    ["another screen", "\u001b[32mgreen\u001b[?1049h\u001b[H\u001b[44mblue", " more\u001b[?1049lgreen still"],
    ["a hidden cursor", "\u001b[?25lx", "y"],
    ["looks", "\u001b[1;3;4;9;38;2;1;2;3;48;5;200mall\u001b[0;7minverse\u001b[0;2;5mfaint", "on"],
    ["wrapped lines and a new size", "a".repeat(70), "b\r\n", "50x10"],
  ])("keep %s", async (_name, first, second, size = "60x12") => {
    const { segments } = await watched(
      cast([
        [1, "o", first],
        [2, "o", second],
        [3, "r", size],
        [4, "o", "!"],
      ]),
      {
        everyUs: 500_000,
        everyUnits: 100_000,
      },
    );
    expect(segments.map(({ startUs }) => startUs)).toEqual([0, 2_000_000, 3_000_000, 4_000_000]);
    const through = playerTerminal(60, 12, "");
    for (const { snapshot, events } of segments) {
      const from = playerTerminal(snapshot.cols, snapshot.rows, snapshot.init);
      play(from, events);
      play(through, events);
      expect(from.rows()).toEqual(through.rows());
      expect(from.cursor()).toEqual(through.cursor());
    }
  });

  it("are what the player takes, with and without pauses", async () => {
    const noise = noisy(9, 200).flatMap(([time, code, data], index): [number, string, string][] =>
      index % 10 === 0
        ? [
            [time * 7, "m", `at ${index}`],
            [time * 7, code, data],
          ]
        : [[time * 7, code, data]],
    );
    const sources = [
      cast(noise),
      cast(Array.from({ length: 3000 }, () => [1, "o", "x".repeat(100)] as const)),
      cast([]),
      [samplePart("ttyrec/demo.ttyrec")],
      [await sampleTar("sudo-shell")],
    ];
    for (const parts of sources) {
      const found = await watched(parts, { everyUs: 1_000_000, everyUnits: 2000 });
      for (const idle of [undefined, 500_000, 2_000_000]) {
        const time = new IdleTime(found.summary.pauses, idle);
        const segments = found.segments.map((segment) => playerSegment(segment, time));
        expect(refusedByPlayer(indexOf(found, time), segments)).toEqual([]);
      }
    }
  });

  it("come soon when much happens at one moment", async () => {
    const events = Array.from({ length: 3000 }, () => [1, "o", "x".repeat(100)] as const);
    const { segments } = await watched(cast(events), { everyUs: 60_000_000, everyUnits: 2000 });
    expect(segments.length).toBeGreaterThan(30);
  });
});

describe("idle time", () => {
  const pauses = {
    shortestUs: 500_000,
    list: [
      [1_000_000, 11_000_000],
      [12_000_000, 15_000_000],
      [15_000_000, 16_000_000],
    ] as [number, number][],
  };

  it("shortens pauses to the limit and finds every moment again", () => {
    const idle = new IdleTime(pauses, 2_000_000);
    const moments = [
      0, 1_000_000, 2_000_000, 2_999_999, 11_000_000, 12_000_000, 13_000_000, 15_000_000, 16_000_000,
      20_000_000,
    ];
    expect(moments.map((moment) => idle.toPlayer(moment))).toEqual([
      0, 1_000_000, 2_000_000, 2_999_999, 3_000_000, 4_000_000, 5_000_000, 6_000_000, 7_000_000, 11_000_000,
    ]);
    for (const moment of moments) expect(idle.toRecording(idle.toPlayer(moment))).toBe(moment);
    // What was left out is shown as the pause is, before what ends it.
    expect(idle.toPlayer(9_000_000)).toBe(2_999_999);
    expect(idle.toRecording(3_000_000)).toBe(11_000_000);
  });

  it("leaves time alone without a limit, and refuses one it cannot keep", () => {
    const real = new IdleTime(pauses, undefined);
    expect([real.toPlayer(9_000_000), real.toRecording(9_000_000)]).toEqual([9_000_000, 9_000_000]);
    expect(() => new IdleTime(pauses, 100_000)).toThrow("idle: must be at least 0.5 seconds");
  });
});
