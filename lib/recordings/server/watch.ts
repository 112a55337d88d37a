import "server-only";
import type { StoredSession, Watched } from "./stored-session.ts";

const keepAliveMs = 15_000;
/** Bytes that a reader may be behind before the stream ends: it comes back to the screen as it is then. */
const mostBehind = 4 * 1024 * 1024;

/**
 * A session under way as server-sent events, in the form of asciinema-player's `eventsource` driver: the screen
 * as it is, `[seconds, code, data]` from then on, and `done` at the end; beside it, which the driver passes over,
 * how many seconds the session has taken, `commands` (lib/recordings/server/live-commands.ts), and `host` when it is `lost` or `back`.
 * @param onOver called with what ends the stream; returns what ends the watching
 */
export function watchSession(
  session: StoredSession,
  signal: AbortSignal,
  onOver: (end: () => void) => () => void,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let stop = (): void => undefined;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        let over = false;
        const end = (): void => {
          if (over) return;
          over = true;
          stop();
          controller.close();
        };
        const send = (text: string): void => {
          if (over) return;
          controller.enqueue(encoder.encode(text));
          if ((controller.desiredSize ?? 0) < -mostBehind) end();
        };
        const unwatch = session.watch((watched) => {
          send(eventText(watched));
          if (watched.kind === "end") end();
        });
        const unlist = onOver(end);
        const alive = setInterval(() => send(":\n\n"), keepAliveMs);
        stop = () => {
          over = true;
          clearInterval(alive);
          unwatch();
          unlist();
        };
        if (signal.aborted) end();
        else signal.addEventListener("abort", end);
      },
      cancel() {
        stop();
      },
    },
    { highWaterMark: 64 * 1024, size: (chunk) => chunk.length },
  );
}

function eventText(watched: Watched): string {
  if (watched.kind === "end") return 'event: done\ndata: ""\n\n';
  if (watched.kind === "event") {
    const [timeUs, code, data] = watched.event;
    return `data: ${JSON.stringify([timeUs / 1e6, code, data])}\n\n`;
  }
  if (watched.kind === "commands") {
    const { first, commands } = watched;
    return `event: commands\ndata: ${JSON.stringify({ first, commands })}\n\n`;
  }
  if (watched.kind === "host") return `event: host\ndata: ${watched.is}\n\n`;
  const { columns: cols, rows, timeUs, elapsedUs, init } = watched;
  return `data: ${JSON.stringify({ cols, rows, time: timeUs / 1e6, elapsed: elapsedUs / 1e6, init })}\n\n`;
}
