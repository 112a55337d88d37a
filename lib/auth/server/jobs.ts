import "server-only";
import { log } from "@/lib/log.ts";
import { flushAnonymousFailures } from "@/lib/user-events/server/anonymous.ts";
import { endExpiredSessions } from "./sessions.ts";
import { forgetOldAttempts } from "./throttle.ts";

const everyMs = 60_000;

/**
 * Starts what the server does beside requests: ends sessions that ran out, forgets old failures.
 *
 * @returns stops it, and writes the anonymous failures that are still being summed; for the shutdown
 */
export function startAuthJobs(): () => Promise<void> {
  let running = Promise.resolve();
  const timer = setInterval(() => {
    running = running.then(runOnce);
  }, everyMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await running;
    await flushAnonymousFailures("all");
  };
}

async function runOnce(): Promise<void> {
  try {
    await endExpiredSessions();
    await forgetOldAttempts();
  } catch (error) {
    log().error({ err: error }, "expired sessions could not be ended; tried again in a minute");
  }
}
