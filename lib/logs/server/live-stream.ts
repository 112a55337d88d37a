import "server-only";
import type { LogQuery } from "../query.ts";
import type { LogSlug } from "../views.ts";
import { followLog, type LiveMessage } from "./follow.ts";
import { formatPosition, type Position } from "./position.ts";
import type { Scope } from "./sql.ts";

/** What a stream ends with when it is the right to read it that has ended. */
export const endedEvent = "event: ended\ndata: {}\n\n";

/** A comment so often keeps proxies from closing a quiet stream. */
const keepAliveMs = 15_000;

/**
 * New rows as server-sent events: `rows` with `{rows, left?}`, `held` with `{seconds, by}`, `flowing`. Each event's
 * id is the position after it, which a browser sends back as Last-Event-ID. `ended` comes last when the reader
 * may read no longer.
 * @param watch called once with what ends the stream; calls it when the reader may read no longer, and
 * returns what ends the watching
 */
export function liveStream(
  slug: LogSlug,
  scope: Scope,
  query: LogQuery,
  position: Position,
  signal: AbortSignal,
  watch: (end: () => void) => () => void,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let over = false;
  let stop = (): void => undefined;
  /** Who wrote more than the reader has taken, and goes on when it has. */
  let waiting: (() => void)[] = [];
  const goOn = (): void => {
    const all = waiting;
    waiting = [];
    for (const resolve of all) resolve();
  };
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const isFull = (): boolean => (controller.desiredSize ?? 0) <= 0;
        const write = async (text: string): Promise<void> => {
          if (over) return;
          controller.enqueue(encoder.encode(text));
          if (isFull()) await new Promise<void>((resolve) => waiting.push(resolve));
        };
        const end = (): void => {
          if (over) return;
          stop();
          controller.close();
        };
        const unwatch = watch(() => {
          void write(endedEvent);
          end();
        });
        const unfollow = followLog(slug, scope, query, position, (message) => write(eventText(message)));
        // Whoever has events to take needs no comment.
        const alive = setInterval(() => isFull() || void write(":\n\n"), keepAliveMs);
        stop = () => {
          over = true;
          clearInterval(alive);
          unwatch();
          unfollow();
          goOn();
        };
        void write(`id: ${formatPosition(position)}\nretry: 1000\n\n`);
        if (signal.aborted) end();
        else signal.addEventListener("abort", end);
      },
      pull: goOn,
      cancel() {
        stop();
      },
    },
    { highWaterMark: 16 },
  );
}

function eventText(message: LiveMessage): string {
  const { type, position, ...data } = message;
  return `event: ${type}\nid: ${formatPosition(position)}\ndata: ${JSON.stringify(data)}\n\n`;
}
