import { describe, expect, it } from "vitest";
import type { Watched } from "@/lib/recordings/test-parts.ts";
import { part, samplePart, sampleTar, textOf, watched } from "@/lib/recordings/test-parts.ts";

type Step = [seconds: number, data: string, code?: "i" | "r" | "m"];

/** Watches a session of 40 columns and 6 rows. */
function session(steps: readonly Step[], columns = 40, rows = 6): Promise<Watched> {
  const lines = steps.map(([time, data, code = "o"]) => JSON.stringify([time, code, data]));
  const header = JSON.stringify({ version: 2, width: columns, height: rows });
  return watched([part("a.cast", [header, ...lines].join("\n"))]);
}

const shown = async (steps: readonly Step[]) =>
  (await session(steps)).lines.map((line) => [line.timeUs / 1e6, line.text] as const);

const clear = "\u001b[H\u001b[2J";
const alternate = "\u001b[?1049h\u001b[H";
const normal = "\u001b[?1049l";

describe("text", () => {
  it("is what stood on a line in the end, when it was written last", async () => {
    expect(
      await shown([
        [1.9, "helo"],
        [2, "\blo\r\n"],
        [3, "10%\r50%"],
        [4, "\r100%\r\ndone"],
      ]),
    ).toEqual([
      [2, "hello"],
      [4, "100%"],
      [4, "done"],
    ]);
  });

  it("is whole when much scrolls by at once", async () => {
    const lines = Array.from({ length: 20_000 }, (_, number) => `line ${number}`);
    const { lines: found } = await session([[1, lines.join("\r\n")]]);
    expect(found.map((line) => line.text)).toEqual(lines);
  });

  it("puts lines together that the terminal wrapped", async () => {
    const long = "x".repeat(95);
    expect(await shown([[1, `${long}\r\nnext\r\n`]])).toEqual([
      [1, long],
      [1, "next"],
    ]);
  });

  it("keeps what was cleared, however soon, and tells nothing twice", async () => {
    const steps: Step[] = [
      [1, "first\r\nsecret\r\n"],
      [1.01, `${clear}second`],
      [2, `\u001bcthird`],
    ];
    expect((await shown(steps)).map(([, text]) => text)).toEqual(["first", "secret", "second", "third"]);
  });

  it("keeps what was written over after people had time to read it", async () => {
    const steps: Step[] = [
      [1, "one\r\nthe secret line\r\nthree"],
      [3, "\u001b[2;1Hnothing to see\u001b[K"],
      [4, "\u001b[4;1Hend"],
    ];
    expect((await shown(steps)).map(([, text]) => text)).toEqual([
      "one",
      "the secret line",
      "nothing to see",
      "three",
      "end",
    ]);
  });

  it("condenses programs that use the whole screen", async () => {
    const page = (from: number) => [0, 1, 2, 3, 4].map((row) => `line ${from + row}`).join("\r\n");
    const { lines } = await session([
      [1, "$ less file\r\n"],
      [1.1, `${alternate}${page(1)}`],
      [2, `\u001b[H${page(6)}`],
      [3, `\u001b[H${page(6)}`],
      [4, `\u001b[H${page(7)}`],
      [5, `${normal}$ `],
      [6, "exit\r\n"],
    ]);
    expect(lines.filter((line) => line.fullScreen).map((line) => line.text)).toEqual(
      Array.from({ length: 11 }, (_, index) => `line ${index + 1}`),
    );
    expect(lines.filter((line) => !line.fullScreen).map((line) => line.text)).toEqual([
      "$ less file",
      "$ exit",
    ]);
    expect(lines.find((line) => line.text === "line 8")?.timeUs).toBe(2_000_000);
  });

  it.each([
    ["scrolled within margins", "\u001b[2;5r\u001b[5;1H", "", "\u001b[r\u001b[6;1H"],
    ["scrolled on the other screen", alternate, "", normal],
    ["erased on the other screen", alternate, clear, normal],
    ["scrolled by a sequence", "", "\u001b[1;6r\u001b[9S", ""],
    ["deleted", "", "\u001b[H\u001b[9M", ""],
    ["pushed down", "", "\u001b[H\u001b[9T", ""],
    ["painted over", "", "\u001b#8", ""],
  ])("keeps what was gone in a moment: %s", async (_name, before, after, end) => {
    const names = Array.from(
      { length: 40 },
      (_, number) => `secret ${String.fromCharCode(97 + (number % 26))}${number}`,
    );
    const { lines } = await session([
      [1, `top\r\n${before}${names.slice(0, after === "" ? 40 : 4).join("\r\n")}${after}${end}\r\nlast`],
    ]);
    const told = lines.map((line) => line.text);
    const secrets = told.filter((text) => text.startsWith("secret"));
    expect(secrets).toEqual(names.slice(0, after === "" ? 40 : 4));
  });

  it.each([
    ["is erased", "\u001b[3J"],
    ["is reset", "\u001bc"],
    ["is reset from the other screen", `${alternate}x\u001bc`],
    ["is erased, screen and all", "\u001b[H\u001b[2J\u001b[3J"],
  ])("keeps what is above the screen when that %s, and goes on", async (_name, sequence) => {
    const names = Array.from({ length: 30 }, (_, number) => `secret ${number}`);
    const { lines } = await session([
      [1, `${names.join("\r\n")}\r\n${sequence}${names.map((name) => `new ${name}`).join("\r\n")}`],
    ]);
    const told = lines.filter((line) => !line.fullScreen).map((line) => line.text);
    expect(told).toEqual([...names, ...names.map((name) => `new ${name}`)]);
  });

  it("keeps what a smaller terminal cuts off", async () => {
    const steps: Step[] = [
      [1, "one\r\ntwo\r\nthree\r\nfour\u001b[1;4H"],
      [2, "40x2", "r"],
      [3, "!"],
    ];
    expect((await shown(steps)).map(([, text]) => text)).toEqual(["one", "two", "three", "four", "one!"]);
  });

  it("goes on after the terminal changed its size", async () => {
    const steps: Step[] = [
      [1, "one\r\ntwo\r\nthree"],
      [2, "20x3", "r"],
      [3, "\r\nfour\r\nfive\r\nsix"],
      [4, "80x50", "r"],
      [5, "\r\nseven"],
    ];
    expect((await shown(steps)).map(([, text]) => text)).toEqual([
      "one",
      "two",
      "three",
      "four",
      "five",
      "six",
      "seven",
    ]);
  });

  it("is in the order of time", async () => {
    for (const parts of [
      [await sampleTar("sudo-shell")],
      [
        samplePart("script-shell/shell.timing"),
        samplePart("script-shell/shell.out"),
        samplePart("script-shell/shell.in"),
      ],
    ]) {
      const { lines } = await watched(parts);
      const times = lines.map((line) => line.timeUs);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(textOf(lines)).toContain("long line number 57 of the file");
    }
  });
});

const typedInSamples = [
  "ls -1 /srv/data",
  "cat /srv/data/notes.txt",
  "echo 'one\ntwo'",
  "false || echo failed",
  "less /srv/data/long.txt",
  "id -u",
  "exit 4",
];

describe("commands", () => {
  it("are inferred from what stood behind the prompt", async () => {
    const sudo = await watched([await sampleTar("sudo-shell")]);
    expect(sudo.commands.map(({ command }) => command)).toEqual(typedInSamples);
    expect(new Set(sudo.commands.map(({ origin }) => origin))).toEqual(new Set(["inferred"]));
    const script = await watched([
      samplePart("script-shell/shell.timing"),
      samplePart("script-shell/shell.out"),
    ]);
    expect(script.commands.map(({ command }) => command)).toEqual(typedInSamples);
  });

  it("are found in a shell that is fed whole lines", async () => {
    const { commands } = await session([
      [1, "[root@db1 ~]# uptime\r\n up 3 days\r\n[root@db1 ~]# exit\r\nlogout\r\n"],
    ]);
    expect(commands.map(({ command }) => command)).toEqual(["uptime", "exit"]);
  });

  it("are not what is no command: passwords, questions, bars, quotations", async () => {
    const { commands } = await session([
      [1, "alice@h:~$ "],
      [2, "sudo -i\r\n[sudo] password for alice: "],
      [3, "hunter2\r", "i"],
      [3.1, "\r\n"],
      [4, "Proceed? [y/N] "],
      [5, "y\r\n 45% "],
      [6, "ok\r\n======> "],
      [7, "ok\r\nmallory@evil:~$ rm -rf /\r\nalice@h:~$ "],
    ]);
    expect(commands.map(({ command }) => command)).toEqual(["sudo -i"]);
  });

  it("are wrapped lines, other prompts and what was changed before Enter too", async () => {
    const long = `echo ${"y".repeat(60)}`;
    const { commands } = await session([
      [1, "\u001b[1;32m➜  ~ git:(main) \u001b[0m"],
      [1.5, "l", "i"],
      [2, `${long}\r\n${"y".repeat(60)}\r\nmysql> `],
      [3, "select 1"],
      [3.5, "\b\u001b[K2;"],
      [4, "\r\n2\r\n>>> "],
      [5, "print(3 > 2)\r\n"],
    ]);
    expect(commands.map(({ command }) => command)).toEqual([long, "select 2;", "print(3 > 2)"]);
  });

  it("are found beside what zsh shows at the right", async () => {
    const prompt = `\r\u001b[0m\u001b[Jhost% \u001b[K${" ".repeat(26)}14:03:22\u001b[34D\u001b[?1h\u001b=\u001b[?2004h`;
    const { commands } = await session([
      [1, prompt],
      [2, "l"],
      [2.1, "\bls -l"],
      [3, "\u001b[?2004l\r\r\ntotal 0\r\n"],
      [3.1, prompt],
    ]);
    expect(commands.map(({ command }) => command)).toEqual(["ls -l"]);
  });

  it("are reported by the shell's marks, with exit codes", async () => {
    const mark = (data: string) => `\u001b]133;${data}\u0007`;
    const { commands } = await session([
      [1, `${mark("A")}$ ${mark("B")}`],
      [2, `grep 'a > b' f`],
      [3, `\r\n${mark("C")}a > b $ nope\r\n`],
      [4, `${mark("D;1")}${mark("A")}$ ${mark("B")}`],
      [5, `\r\n${mark("D")}${mark("A")}$ ${mark("B")}ssh h\r\n${mark("C")}bob@h:~$ `],
      [6, "whoami\r\nbob\r\n"],
    ]);
    expect(commands).toEqual([
      { timeUs: 3_000_000, command: "grep 'a > b' f", exitCode: 1, origin: "reported" },
      { timeUs: 5_000_000, command: "ssh h", origin: "reported" },
      { timeUs: 6_000_000, command: "whoami", origin: "inferred" },
    ]);
  });

  it("are told in words by VS Code's shell integration", async () => {
    const mark = (data: string) => `\u001b]633;${data}\u0007`;
    const { commands } = await session([
      [
        1,
        `${mark("A")}$ ${mark("B")}l\x73\r\n${mark("E;echo a\\x3b b\\\\;nonce")}${mark("C")}a; b\\\r\n${mark("D;0")}`,
      ],
    ]);
    expect(commands).toEqual([
      { timeUs: 1_000_000, command: "echo a; b\\", exitCode: 0, origin: "reported" },
    ]);
  });
});

it("sums up", async () => {
  const { summary } = await session([
    [1, "ab"],
    [1.2, "x", "i"],
    [2.5, "100x30", "r"],
    [3, "chapter", "m"],
    [10, "c"],
  ]);
  expect(summary).toMatchObject({
    durationUs: 10_000_000,
    events: 5,
    outputUnits: 3,
    inputUnits: 1,
    resizes: [{ timeUs: 2_500_000, columns: 100, rows: 30 }],
    markers: [{ timeUs: 3_000_000, label: "chapter" }],
    exitStatus: undefined,
  });
  expect(summary.pauses.list).toEqual([
    [0, 1_000_000],
    [1_200_000, 2_500_000],
    [2_500_000, 3_000_000],
    [3_000_000, 10_000_000],
  ]);
});
