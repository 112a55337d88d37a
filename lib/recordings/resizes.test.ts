import { describe, expect, it } from "vitest";
import { HeadlessTerminal } from "@/lib/recordings/terminal.ts";
import { part, watched } from "@/lib/recordings/test-parts.ts";
import { type PlayerTerminal, play, playerTerminal } from "@/lib/recordings/test-player.ts";

type Event = [seconds: number, code: string, data: string];

/** A shell whose window is pulled about: long lines that wrap, a full-screen program now and then. */
function pulled(seed: number, count: number): Event[] {
  let state = seed;
  const random = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
  const events: Event[] = [];
  let number = 0;
  let full = false;
  for (let at = 0; at < count; at++) {
    const time = at / 4;
    if (random(4) === 0) {
      events.push([time, "r", `${20 + random(60)}x${4 + random(20)}`]);
      continue;
    }
    if (random(20) === 0) {
      full = !full;
      events.push([time, "o", full ? "\u001b[?1049h\u001b[2J\u001b[Heditor" : "\u001b[?1049l"]);
      continue;
    }
    let text = "";
    for (let many = random(5); many >= 0; many--)
      text += `\u001b[3${random(8)}mline ${number++}\u001b[0m ${"words ".repeat(random(20)).trim()}\r\n`;
    events.push([time, "o", `${text}$ `]);
  }
  return events;
}

const rowsOf = (terminal: PlayerTerminal) => terminal.rows().map(({ plain }) => plain);
const screenOf = (terminal: HeadlessTerminal) =>
  terminal.screenRows().map((row) => row.slice(0, terminal.xterm.cols).trimEnd());

describe("a recording that is pulled about", () => {
  it.each([1, 2, 3, 4])("shows what it showed then, played or sought: %i", async (seed) => {
    const header = JSON.stringify({ version: 2, width: 60, height: 12 });
    const recorded = pulled(seed, 250);
    const cast = [part("a.cast", [header, ...recorded.map((event) => JSON.stringify(event))].join("\n"))];
    const { segments } = await watched(cast, { everyUs: 5_000_000, everyUnits: 100_000 });
    expect(segments.length).toBeGreaterThan(10);
    const wanted = new HeadlessTerminal({ columns: 60, rows: 12 });
    const played = playerTerminal(60, 12, "");
    let at = 0;
    let looks = 0;
    for (const { snapshot, events } of segments) {
      const sought = playerTerminal(snapshot.cols, snapshot.rows, snapshot.init);
      for (const [place, event] of events.entries()) {
        play(sought, [event]);
        play(played, [event]);
        const [seconds] = event;
        if (events[place + 1]?.[0] === seconds) continue;
        for (let next = recorded[at]; next !== undefined && next[0] <= seconds; next = recorded[++at])
          playHere(wanted, next);
        const message = `at ${seconds} s: ${JSON.stringify(event)}`;
        expect(rowsOf(sought), `sought ${message}`).toEqual(screenOf(wanted));
        expect(rowsOf(played), `played ${message}`).toEqual(screenOf(wanted));
        looks++;
      }
    }
    expect(looks).toBeGreaterThan(150);
    wanted.dispose();
  });

  it("stays small whatever sizes it is pulled to", async () => {
    const header = JSON.stringify({ version: 2, width: 500, height: 300 });
    const filled = JSON.stringify([0, "o", "x".repeat(150_000)]);
    const events = Array.from({ length: 100 }, (_, at) => `[${at + 1}, "r", "${500 - (at % 2)}x300"]`);
    const { segments } = await watched([part("a.cast", [header, filled, ...events].join("\n"))]);
    expect(JSON.stringify(segments).length).toBeLessThan(8_000_000);
  });
});

function playHere(terminal: HeadlessTerminal, [, code, data]: Event): void {
  if (code === "o") terminal.write(data, () => undefined);
  else {
    const [columns = 0, rows = 0] = data.split("x").map(Number);
    terminal.resize({ columns, rows });
  }
}
