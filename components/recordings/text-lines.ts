/** A line of a recording's text: when it was shown, and what it says. */
export type ShownLine = { us: number; clock: string; text: string };

const stamp = /^(\d{2,}):(\d{2}):(\d{2})\.(\d{3}) {2}/;

/** Takes the text apart that the API gives: `00:01:05.250  what was shown` on each line. */
export function readLines(text: string): ShownLine[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line) => {
    const [whole = "", hours = "0", minutes = "0", seconds = "0", ms = "0"] = stamp.exec(line) ?? [];
    const atMs = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(ms);
    return { us: atMs * 1000, clock: whole.trim(), text: line.slice(whole.length) };
  });
}

/** The places of lines that hold the words, in any case. */
export function linesWith(lines: readonly ShownLine[], words: string): number[] {
  const wanted = words.trim().toLowerCase();
  if (wanted === "") return [];
  return lines.flatMap(({ text }, place) => (text.toLowerCase().includes(wanted) ? [place] : []));
}

/** Reads a stream as text, at most `limit` bytes of it. */
export async function readSome(
  body: ReadableStream<Uint8Array>,
  limit: number,
): Promise<{ text: string; whole: boolean }> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { text: text + decoder.decode(), whole: true };
    size += value.byteLength;
    text += decoder.decode(value, { stream: true });
    if (size < limit) continue;
    await reader.cancel();
    return { text: text.slice(0, text.lastIndexOf("\n") + 1), whole: false };
  }
}
