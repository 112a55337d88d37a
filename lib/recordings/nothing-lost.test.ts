import { expect, it } from "vitest";
import { closeControlStrings } from "@/lib/recordings/control-strings.ts";
import { orderly } from "@/lib/recordings/orderly.ts";
import { watchScreen } from "@/lib/recordings/screen.ts";
import { Findings, type TerminalEvent } from "@/lib/recordings/session.ts";

/** A session that writes words, each once, and then does everything that takes words off a screen. */
function session(seed: number): { events: TerminalEvent[]; words: string[] } {
  let state = seed;
  const random = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
  const words: string[] = [];
  const home = "\u001b[2J\u001b[H";
  let rows = 12;
  let alternate = false;
  const leave = () => {
    const was = alternate;
    alternate = false;
    return was ? "\u001b[?1049l" : "";
  };
  const steps = [
    () => `\u001b[H${home}`,
    () => "\u001b[3J",
    () => {
      alternate = false;
      return "\u001bc";
    },
    () => {
      const top = 1 + random(4);
      return `\u001b[2J\u001b[${top};${top + 2 + random(rows - top - 2)}r\u001b[${top};1H`;
    },
    () => "\u001b[2J\u001b[r\u001b[H",
    () => {
      alternate = true;
      return `\u001b[?1049h${home}`;
    },
    leave,
    () => `\u001b[${1 + random(20)}S`,
    () => `\u001b[H\u001b[${1 + random(20)}M${home}`,
    () => `\u001b[${1 + random(20)}T${home}`,
    () => `\u001b[H\u001b[${1 + random(20)}L${home}`,
    () => `\u001b[H\u001bM\u001bM${home}`,
  ];
  const write = () => {
    let text = "";
    for (let many = random(6); many >= 0; many--) {
      words.push(`word${words.length}.`);
      text += `${words.at(-1)}\r\n`;
    }
    return text;
  };
  const events: TerminalEvent[] = [];
  let timeUs = 0;
  for (let at = 0; at < 60; at++) {
    timeUs += random(3) > 0 ? random(30_000) : random(1_000_000);
    if (random(25) === 0) {
      rows = 8 + random(10);
      events.push([timeUs, "r", `${20 + random(60)}x${rows}`]);
      continue;
    }
    let data = "";
    for (let many = random(5); many >= 0; many--) data += (steps[random(40)] ?? write)();
    events.push([timeUs, "o", data]);
  }
  return { events, words };
}

it("no word is lost, however it leaves the screen", () => {
  for (let seed = 1; seed <= 80; seed++) {
    const { events, words } = session(seed);
    const findings = new Findings();
    const info = { format: "", columns: 40, rows: 12 };
    const stored = closeControlStrings(orderly(events, findings), findings);
    const told: string[] = [];
    for (const item of watchScreen({ info, events: stored }, findings)) {
      if (item.kind === "line") told.push(...item.line.text.split(/(?<=\.)/));
    }
    const found = new Set(told);
    expect(
      words.filter((word) => !found.has(word)),
      `seed ${seed}`,
    ).toEqual([]);
    expect(findings.list()).toEqual([]);
  }
});
