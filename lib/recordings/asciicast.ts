import type { RecordingSession } from "@/lib/recordings/session.ts";

/** Lines are put together into pieces of about this many characters. */
const PIECE = 64 * 1024;

/**
 * The stored form as an asciicast v2, in pieces of whole lines. Events must be in the stored form, as
 * `readRecording` gives them: then the file is within every bound of lib/recordings/limits.ts, and no control
 * string in it hides what follows.
 * @see https://docs.asciinema.org/manual/asciicast/v2/
 */
export function* asciicastV2Text({ info, events }: RecordingSession): Generator<string, void> {
  const env = { ...(info.shell && { SHELL: info.shell }), ...(info.terminal && { TERM: info.terminal }) };
  const header = {
    version: 2,
    width: info.columns,
    height: info.rows,
    ...(info.startedAt && { timestamp: Math.floor(Date.parse(info.startedAt) / 1000) }),
    ...(info.idleTimeLimit && { idle_time_limit: info.idleTimeLimit }),
    ...(info.command && { command: info.command }),
    ...(info.title && { title: info.title }),
    ...(Object.keys(env).length > 0 && { env }),
    ...(info.theme && { theme: info.theme }),
  };
  let piece = `${JSON.stringify(header)}\n`;
  for (const [timeUs, code, data] of events) {
    piece += `[${seconds(timeUs)}, "${code}", ${JSON.stringify(data)}]\n`;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = "";
  }
  if (piece !== "") yield piece;
}

function seconds(timeUs: number): string {
  return `${Math.floor(timeUs / 1_000_000)}.${String(timeUs % 1_000_000).padStart(6, "0")}`;
}
