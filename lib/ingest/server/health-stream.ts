import "server-only";
import { log } from "@/lib/log.ts";
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
 * and whenever something about them has changed.
 * @param mayGoOn asked before each event and each keep-alive: a session that ended ends its streams
 */
export function healthStream(
  organizationId: string,
  signal: AbortSignal,
  mayGoOn: () => Promise<boolean>,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let stop = (): void => undefined;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        let told: string | undefined;
        let open = true;
        let turn = Promise.resolve();
        const write = async (text: string): Promise<void> => {
          const allowed = await mayGoOn();
          if (!open) return;
          if (allowed) controller.enqueue(encoder.encode(text));
          else end();
        };
        const tell = (sources: string): void => {
          // Who reads slowly gets the newest state later, not every state in between.
          if (sources === told || (controller.desiredSize ?? 0) <= 0) return;
          told = sources;
          queue(`event: sources\ndata: ${sources}\n\n`);
        };
        const queue = (text: string): void => {
          turn = turn.then(() => write(text)).catch(fail);
        };
        const fail = (error: unknown): void => {
          if (!open) return;
          stop();
          controller.error(error);
        };
        const end = (): void => {
          stop();
          controller.close();
        };
        const unwatch = watchSources(organizationId, { tell });
        const alive = setInterval(() => queue(":\n\n"), keepAliveMs);
        stop = () => {
          open = false;
          clearInterval(alive);
          unwatch();
        };
        controller.enqueue(encoder.encode("retry: 2000\n\n"));
        if (signal.aborted) end();
        else signal.addEventListener("abort", () => open && end());
      },
      cancel() {
        stop();
      },
    },
    { highWaterMark: 16 },
  );
}
