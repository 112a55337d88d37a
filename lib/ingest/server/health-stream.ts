import "server-only";
import { log } from "@/lib/log.ts";
import { stateStream } from "@/lib/logs/server/state-stream.ts";
import { listSources } from "./manage.ts";

/** Between two looks at the sources while somebody watches them. */
const lookMs = 1000;

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
  return stateStream("sources", signal, watch, (tell) => ({ stop: watchSources(organizationId, { tell }) }));
}
