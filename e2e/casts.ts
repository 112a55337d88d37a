/** Asciicasts for the tests: real bytes of a terminal, made where they are needed. */

type CastEvent = [seconds: number, code: "o" | "r" | "m", data: string];

export type Cast = {
  columns?: number;
  rows?: number;
  /** The colours that it came with. */
  theme?: { fg: string; bg: string; palette: string };
  events: readonly CastEvent[];
};

/** Version 2, as asciinema 2 writes it. */
export function castText({ columns = 80, rows = 24, theme, events }: Cast): string {
  const header = { version: 2, width: columns, height: rows, timestamp: 1795250694, ...(theme && { theme }) };
  return `${[header, ...events].map((line) => JSON.stringify(line)).join("\n")}\n`;
}

const prompt = "\u001b[1;32mann@web-1\u001b[0m:\u001b[1;34m~\u001b[0m$ ";

/**
 * A session with a shell: commands after one another, a pause of forty seconds that nobody wants to sit
 * through, a full-screen editor, another size, and a last command a minute later.
 * @param word printed by the first command; nothing else holds it
 */
export function shellSession(word: string): Cast {
  return {
    events: [
      [0.1, "o", prompt],
      [1, "o", `echo ${word}\r\n`],
      [1.1, "o", `\u001b[33mfirst ${word}\u001b[0m\r\n${prompt}`],
      [3, "o", "sleep 40\r\n"],
      [43, "o", prompt],
      [44, "o", "vi notes.txt\r\n"],
      [
        44.5,
        "o",
        "\u001b[?1049h\u001b[2J\u001b[H\u001b[7m notes.txt \u001b[0m\r\nremember the milk\r\n~\r\n~",
      ],
      [47, "o", "\u001b[?1049l"],
      [47.1, "o", prompt],
      [48, "r", "100x30"],
      [50, "o", "cat /etc/hostname\r\n"],
      [50.2, "o", `web-1.${word}.example\r\n${prompt}`],
      [60, "m", "before the restart"],
      [65, "o", "systemctl restart nginx\r\n"],
      [66, "o", `restarted-at-the-end\r\n${prompt}`],
      [70, "o", "exit\r\n"],
    ],
  };
}

/**
 * Two screens on which nearly every word has colours of its own, as few programs draw them.
 * @param names one for each screen; each row of it ends with it
 */
export function colouredScreens(names: readonly string[]): Cast {
  const [columns, rows, words] = [160, 45, 36];
  const screen = (name: string, shift: number): string => {
    const lines = Array.from({ length: rows }, (_row, row) => {
      const parts = Array.from({ length: words }, (_word, word) => {
        const colour = (row * words + word + shift) % 255;
        return `\u001b[38;5;${colour};48;5;${(colour + 128) % 255}mabcd`;
      });
      return `\u001b[${row + 1};1H${parts.join("")}\u001b[0m${name}`;
    });
    return `\u001b[2J${lines.join("")}`;
  };
  return { columns, rows, events: names.map((name, at) => [1 + at, "o", screen(name, at * 7)]) };
}
