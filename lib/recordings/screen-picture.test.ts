import { expect, it } from "vitest";
import { pictureFlags, pictureOf } from "@/lib/recordings/screen-picture.ts";
import { HeadlessTerminal } from "@/lib/recordings/terminal.ts";

function shown(output: string, columns = 12, rows = 3) {
  const terminal = new HeadlessTerminal({ columns, rows });
  terminal.write(output, () => undefined);
  const picture = pictureOf(terminal, 7);
  terminal.dispose();
  return picture;
}

it("has each look once, and no blanks that say nothing", () => {
  const picture = shown("ab\u001b[1;31mcd\u001b[0m  \r\n\u001b[48;2;1;2;3m  \u001b[0m\u001b[7mx \u001b[0m");
  expect(picture).toEqual({
    atUs: 7,
    columns: 12,
    rows: 3,
    lines: [
      [
        [2, "ab", null, null, 0],
        [2, "cd", 1, null, pictureFlags.bold],
      ],
      [
        [2, "  ", null, "#010203", 0],
        [2, "x ", null, null, pictureFlags.inverse],
      ],
    ],
  });
});

it("keeps letters in their places beside wide ones, and says nothing of hidden ones", () => {
  expect(shown("a日本b\u001b[8mno\u001b[0m!").lines).toEqual([
    [
      [1, "a", null, null, 0],
      [2, "日", null, null, 0],
      [2, "本", null, null, 0],
      [4, "b  !", null, null, 0],
    ],
  ]);
});
