import "server-only";
import { log } from "@/lib/log.ts";
import { endedEvent } from "@/lib/logs/server/live-stream.ts";
import { listSources } from "./manage.ts";

/** Between two looks at the sources while somebody watches them. */
const lookMs = 1000;
/** A comment so often keeps proxies from closing a quiet stream. */
const keepAliveMs = 15_000;

type Viewer = { tell: (sources: string) => void };
type Watch = { viewers: Set<Viewer>; sources: string | undefined; timer: NodeJS.Timeout | undefined };

/** One look serves all who watch the sources of an organization. */
const watches = new Map<string, Watch>();

function watchSources(organizationId: string, viewer: Viewer): () => void {
  const watch = watches.get(organizationId) ?? { viewers: new Set(), sources: undefined, timer: undefined };
  watches.set(organizationId, watch);
  watch.viewers.add(viewer);
  if (watch.viewers.size === 1) void look(organizationId, watch);
  else if (watch.sources !== undefined) viewer.tell(watch.sources);
  return () => {
    watch.viewers.delete(viewer);
    if (watch.viewers.size > 0) return;
    clearTimeout(watch.timer);
    if (watches.get(organizationId) === watch) watches.delete(organizationId);
  };
}

async function look(organizationId: string, watch: Watch): Promise<void> {
  try {
    watch.sources = JSON.stringify({ sources: await listSources(organizationId) });
    for (const viewer of watch.viewers) viewer.tell(watch.sources);
  } catch (error) {
    // The database is away for the moment; the next look may find it.
    log().warn({ err: error }, "the health of sources cannot be read");
  }
  if (watch.viewers.size > 0) watch.timer = setTimeout(() => void look(organizationId, watch), lookMs);
}

/**
 * The sources of an organization with their health as server-sent events: `sources` with `{sources}`, at once
 * and whenever something about them has changed. `ended` comes last when the reader may read no longer.
 * @param watch called once with what ends the stream; calls it when the reader may read no longer, and
 * returns what ends the watching
 */
export function healthStream(
  organizationId: string,
  signal: AbortSignal,
  watch: (end: () => void) => () => void,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let stop = (): void => undefined;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        let told: string | undefined;
        let open = true;
        /** Who reads slowly gets the newest state later, not every state in between. */
        const write = (text: string): boolean => {
          const room = open && (controller.desiredSize ?? 0) > 0;
          if (room) controller.enqueue(encoder.encode(text));
          return room;
        };
        const tell = (sources: string): void => {
          if (sources !== told && write(`event: sources\ndata: ${sources}\n\n`)) told = sources;
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
        const leave = watchSources(organizationId, { tell });
        const alive = setInterval(() => write(":\n\n"), keepAliveMs);
        stop = () => {
          open = false;
          clearInterval(alive);
          unwatch();
          leave();
        };
        write("retry: 2000\n\n");
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
