import { describe, expect, it } from "vitest";
import { closeControlStrings } from "@/lib/recordings/control-strings.ts";
import { Findings, type TerminalEvent } from "@/lib/recordings/session.ts";
import { processorMs } from "@/lib/test-time.ts";

function closed(...outputs: (string | TerminalEvent)[]): {
  text: string;
  events: TerminalEvent[];
  codes: string[];
} {
  const findings = new Findings();
  const events = outputs.map(
    (output, index): TerminalEvent => (typeof output === "string" ? [index * 1000, "o", output] : output),
  );
  const result = [...closeControlStrings(events, findings)];
  const text = result.map(([, , data]) => data).join("");
  return { text, events: result, codes: findings.list().map(({ code }) => code) };
}

const ST = "\u001b\\";

describe("control strings", () => {
  it.each([
    ["a title", "\u001b]0;title\u0007$ "],
    ["a link", `\u001b]8;;https://example.org/${ST}here\u001b]8;;${ST}`],
    ["a clipboard", `\u001b]52;c;${"QUJD".repeat(40_000)}\u0007`],
    ["a sixel picture of several lines", `\u001bPq#0;2;0;0;0\n#0~~@@vv@@~~\n-${ST}text`],
    ["a terminal's 8-bit controls", "\u009d0;title\u009ctext \u009b1mbold"],
    ["a string that tmux passes on", `\u001bPtmux;\u001b\u001b]0;x\u0007${ST}`],
    ["an interrupted one that hides nothing", "\u001b]112\u001b[0mtext"],
    ["colours and moves", "\u001b[1;38;2;100;200;255m\u001b[10;20Hx\u001b(B\u001b7\u001b8\u001b=\r\n"],
  ])("leaves %s alone, cut anywhere", (_name, output) => {
    expect(closed(output).text).toBe(output);
    expect(closed(output).codes.filter((code) => code !== "control-string")).toEqual([]);
    const short = output.length > 1000 ? [] : [...output].keys();
    for (const at of short) expect(closed(output.slice(0, at), output.slice(at)).text).toBe(output);
    if (output.length < 1000) expect(closed(...output).text).toBe(output);
  });

  it.each([
    ["OSC 112", "\u001b]112", "hidden\r\nmore"],
    ["a title", "\u001b]0;", "hidden\r\n"],
    ["DCS", "\u001bP", "+hidden words\r\nmore"],
    ["SOS", "\u001bX", "hidden\r\n"],
    ["PM", "\u001b^", "hidden\r\n"],
    ["APC", "\u001b_", "hidden\r\n"],
    ["a picture that is none", "\u001bPq", "these are words\r\n"],
    ["the end of the recording", "\u001b]112", "hidden"],
    ["another sequence", "\u001b]112", "hidden\u001b[0m"],
    ["too much", "\u001b_", "hidden words ".repeat(10_000)],
    ["8-bit", "\u009d112", "hidden\r\n"],
  ])("shows what would be hidden: %s", (_name, opening, hidden) => {
    const output = opening + hidden;
    const whole = closed(`before ${output}`);
    const end = whole.text.indexOf(ST);
    // The head of the string and its end, and then all of the text.
    expect(whole.text.slice(0, end)).toBe(`before ${opening}${hidden.slice(0, end - 7 - opening.length)}`);
    expect(whole.text.slice(end + 2)).toBe(hidden.slice(end - 7 - opening.length));
    expect(end - 7 - opening.length).toBeLessThanOrEqual(2);
    expect(whole.codes).toEqual(["control-string"]);
    for (let at = 1; at < Math.min(output.length, 40); at++) {
      expect(closed(`before ${output.slice(0, at)}`, output.slice(at)).text).toBe(whole.text);
    }
  });

  it("does not wait for the end of a string when a second passes", () => {
    const { events } = closed(
      [0, "o", "\u001b]112hidden"],
      [500_000, "i", "x"],
      [2_000_000, "o", "later\r\n"],
    );
    expect(events).toEqual([
      [500_000, "i", "x"],
      [500_000, "o", `\u001b]112${ST}hidden`],
      [2_000_000, "o", "later\r\n"],
    ]);
  });

  it("is quick with very many of them", () => {
    const start = processorMs();
    closed("\u001b]0;x\n".repeat(200_000));
    closed(...Array.from({ length: 100_000 }, () => "\u001b]0;x"));
    closed(`\u001b]0;${"a".repeat(1_000_000)}`);
    closed("\u001b[".repeat(500_000));
    closed("\u001b[1;".repeat(300_000));
    closed(`\u001b[${"1".repeat(1_000_000)}`);
    expect(processorMs() - start).toBeLessThan(15_000);
  });
});

describe("control sequences", () => {
  it("have small numbers only", () => {
    expect(closed("\u001b[99999999S\u001b[99999;1H\u001b[2147483647b\u001b[\n99999L").text).toBe(
      "\u001b[500S\u001b[9999;1H\u001b[500b\u001b[\n500L",
    );
    expect(closed("\u001b[999", "99999T").text).toBe("\u001b[500T");
  });

  it("show their text when they have no end", () => {
    const digits = "1".repeat(500);
    expect(closed(`\u001b[${digits}`, " text")).toMatchObject({
      text: `\u241b[${digits} text`,
      codes: ["control-sequence"],
    });
  });
});
