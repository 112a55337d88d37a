import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";

/** A terminal of this size, redrawn in colours, fifty times a second. */
export const castSize = { columns: 160, rows: 45 };
const eventSeconds = 0.02;
/** Every so many events the first row says which one it is. */
export const castStep = 20;

/** Which event a recording shows last at a moment, as its first row says. */
export function shownAt(seconds: number): number {
  return Math.floor((seconds + 1e-6) / eventSeconds / castStep) * castStep;
}

/**
 * Writes an asciicast of about so many bytes, dense in colours and in moves of the cursor.
 * @returns how long it plays, in seconds
 */
export async function writeCast(file: string, bytes: number): Promise<number> {
  const output = createWriteStream(file);
  const { columns, rows } = castSize;
  output.write(`${JSON.stringify({ version: 2, width: columns, height: rows, timestamp: 1_795_000_000 })}\n`);
  let state = 11;
  const random = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
  let event = 0;
  let block = "";
  for (let written = 0; written < bytes; event++) {
    let data = event % castStep === 0 ? `\u001b[1;1H\u001b[0mevent ${event} ` : "";
    for (let piece = 0; piece < 3; piece++) {
      const letters = (random(2 ** 31) + 2 ** 31).toString(36);
      data += `\u001b[${2 + random(rows - 1)};${1 + random(columns - 16)}H\u001b[38;5;${random(256)};48;5;${random(256)}m${letters}`;
    }
    const line = `${JSON.stringify([(event * eventSeconds).toFixed(6), "o", data]).replace(/^\["([\d.]+)"/, "[$1")}\n`;
    block += line;
    written += line.length;
    if (block.length < 1024 * 1024) continue;
    if (!output.write(block)) await once(output, "drain");
    block = "";
  }
  output.end(block);
  await finished(output);
  return (event - 1) * eventSeconds;
}
