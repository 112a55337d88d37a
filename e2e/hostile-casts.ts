import { castText } from "./casts.ts";

/** A recording made to freeze a page or to hide what it shows, and whether something is found wrong with it. */
export type HostileCast = { name: string; cast: () => Buffer; finding: boolean };

const header = '{"version":2,"width":80,"height":24}';
const lines = (...events: string[]): Buffer => Buffer.from([header, ...events].join("\n"));
const said = '[2, "o", "\\r\\nthe text is here\\r\\n"]';
const out = (time: number, data: string): string => JSON.stringify([time, "o", data]);

/** Each shows `the text is here`. */
export const hostileCasts: readonly HostileCast[] = [
  {
    name: "a title without an end",
    cast: () => lines(out(1, "\u001b]112"), said, out(3, "more of it")),
    finding: true,
  },
  { name: "a device string without an end", cast: () => lines(out(1, "\u001bP1;2q+"), said), finding: true },
  {
    name: "terminals of any size",
    cast: () =>
      Buffer.from(
        [
          '{"version":2,"width":100000,"height":100000}',
          '[1, "r", "9999x9999"]',
          said,
          '[3, "r", "1x1"]',
        ].join("\n"),
      ),
    finding: true,
  },
  {
    name: "a million events of one moment",
    cast: () => lines(said, `${out(3, "x")}\n`.repeat(1_000_000)),
    finding: false,
  },
  {
    name: "letters that hide, turn around and pile up",
    cast: () =>
      lines(
        out(1, `a\u200b\u2060\ufeff\u202e\u2066b${"\u0301\u0336\u035f".repeat(20_000)}\r\n`),
        said,
        out(3, `${"\u200d".repeat(50_000)}\u202e`),
      ),
    finding: false,
  },
  {
    name: "screens that change places",
    cast: () =>
      lines(
        out(1, "\u001b[?1049h\u001b[?1047h\u001b[?47h\u001b[2J\u001b[H"),
        said,
        ...Array.from({ length: 20_000 }, () => out(2.1, "\u001b[?1049l\u001b[?1049h\u001b[2J\u001b[Hx")),
        out(3, "\u001b[8m\u001b[30;40m\u001bc\u001b[?1049h"),
      ),
    finding: false,
  },
  {
    name: "a colour for each letter",
    cast: () =>
      Buffer.from(
        castText({
          columns: 160,
          rows: 45,
          events: [
            [2, "o", "\r\nthe text is here\r\n"],
            ...Array.from({ length: 200 }, (_, frame): [number, "o", string] => [
              3 + frame / 60,
              "o",
              Array.from(
                { length: 2000 },
                (_, at) => `\u001b[1;3;4;9;38;2;${at % 256};${frame};7;48;2;${frame};${at % 256};9m#`,
              ).join(""),
            ]),
          ],
        }),
      ),
    finding: false,
  },
];
