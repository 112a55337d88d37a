import "server-only";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeShutdown } from "@/lib/http/shutdown.ts";
import { log } from "@/lib/log.ts";

/** How long the end of the server waits for a turn that is under way; the database then ends it. */
const awaitedMs = 5_000;

/**
 * Runs a job again and again beside requests until the server ends; the end waits for a turn under way, 5 s at most. A
 * turn that fails is logged and the job runs again at its next one; two of one job never run at once.
 *
 * @param name told in the log
 * @param everyMs milliseconds between the end of a turn and the next one, and before the first
 */
export function repeat(name: string, everyMs: number, job: () => Promise<void>): void {
  let turn: Promise<void> | undefined;
  let timer: NodeJS.Timeout;
  let ended = false;
  const wait = (): void => {
    timer = setTimeout(() => {
      turn = job()
        .catch((error: unknown) => log().error({ err: error, job: name }, "job failed"))
        .finally(() => {
          turn = undefined;
          if (!ended) wait();
        });
    }, everyMs).unref();
  };
  wait();
  beforeShutdown(name, async () => {
    ended = true;
    clearTimeout(timer);
    await Promise.race([turn, sleep(awaitedMs, undefined, { ref: false })]);
  });
}
