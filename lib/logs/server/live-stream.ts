import "server-only";
import type { LogQuery } from "../query.ts";
import type { LogSlug } from "../views.ts";
import { followLog, type LiveMessage } from "./follow.ts";
import { formatPosition, type Position } from "./position.ts";
import type { Scope } from "./sql.ts";

/** A comment so often keeps proxies from closing a quiet stream. */
const keepAliveMs = 15_000;

/**
 * New rows as server-sent events: `rows` with `{rows}`, `held` with `{seconds, by}`, `flowing`. Each event's
 * id is the position after it, which a browser sends back as Last-Event-ID.
 * @param mayGoOn asked with every keep-alive: a session that ended ends its streams
 */
export function liveStream(
  slug: LogSlug,
  scope: Scope,
  query: LogQuery,
  position: Position,
  signal: AbortSignal,
  mayGoOn: () => Promise<boolean>,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let stop = (): void => undefined;
  let drained: (() => void) | undefined;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const write = async (text: string): Promise<void> => {
          if (signal.aborted) return;
          controller.enqueue(encoder.encode(text));
          if ((controller.desiredSize ?? 0) > 0) return;
          await new Promise<void>((resolve) => {
            drained = resolve;
          });
        };
        const unfollow = followLog(slug, scope, query, position, (message) => write(eventText(message)));
        const alive = setInterval(() => void keepAlive(), keepAliveMs);
        const keepAlive = async (): Promise<void> => {
          if (await mayGoOn().catch(() => true)) await write(":\n\n");
          else end();
        };
        const end = (): void => {
          stop();
          if (!signal.aborted) controller.close();
        };
        stop = () => {
          clearInterval(alive);
          unfollow();
          drained?.();
        };
        signal.addEventListener("abort", stop);
        void write(`id: ${formatPosition(position)}\nretry: 1000\n\n`);
      },
      pull() {
        drained?.();
        drained = undefined;
      },
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
