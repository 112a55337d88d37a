import "server-only";
import { endedEvent } from "./live-stream.ts";

/** A comment so often keeps proxies from closing a quiet stream. */
const keepAliveMs = 15_000;

/** What tells a stream how things are, until it is stopped. */
export type StateTeller = {
  stop: () => void;
  /** Called with every sign of life. */
  onAlive?: () => void;
};

/**
 * How something is, as server-sent events under one name: at once, and whenever it is told to be another. Who reads
 * slowly gets the newest state later, not every state in between. `ended` comes last when the reader may read no
 * longer.
 *
 * @param watch called once with what ends the stream; calls it when the reader may read no longer, and
 *   returns what ends the watching
 * @param begin called once with what tells a state, a text of one line
 */
export function stateStream(
  name: string,
  signal: AbortSignal,
  watch: (end: () => void) => () => void,
  begin: (tell: (state: string) => void) => StateTeller,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let stop = (): void => undefined;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        let told: string | undefined;
        let open = true;
        const write = (text: string): boolean => {
          const room = open && (controller.desiredSize ?? 0) > 0;
          if (room) controller.enqueue(encoder.encode(text));
          return room;
        };
        const end = (): void => {
          if (!open) return;
          stop();
          controller.close();
        };
        const unwatch = watch(() => {
          write(endedEvent);
          end();
        });
        write("retry: 2000\n\n");
        const teller = begin((state) => {
          if (state !== told && write(`event: ${name}\ndata: ${state}\n\n`)) told = state;
        });
        const alive = setInterval(() => {
          write(":\n\n");
          teller.onAlive?.();
        }, keepAliveMs);
        stop = () => {
          open = false;
          clearInterval(alive);
          unwatch();
          teller.stop();
        };
        if (signal.aborted) end();
        else signal.addEventListener("abort", end);
      },
      cancel() {
        stop();
      },
    },
    { highWaterMark: 16 },
  );
}
