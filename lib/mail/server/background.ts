import "server-only";
import { beforeShutdown } from "@/lib/http/shutdown.ts";
import { log } from "@/lib/log.ts";

// The server's bundles share only globalThis, and the shutdown must wait for what any of them began.
const key: unique symbol = Symbol.for("daybook.mail-background");
const shared = globalThis as { [key]?: Set<Promise<void>> };

/** Begins work whose end the answer must not wait for, so that its time tells nothing. A failure is logged. */
export function inBackground(name: string, work: () => Promise<void>): void {
  shared[key] ??= new Set();
  const running = shared[key];
  const task = work()
    .catch((error: unknown) => log().error({ err: error, work: name }, "background work failed"))
    .finally(() => running.delete(task));
  running.add(task);
  beforeShutdown("mails under way", backgroundDone);
}

/** Resolves when everything that was begun so far has ended. */
export async function backgroundDone(): Promise<void> {
  await Promise.all(shared[key] ?? []);
}
