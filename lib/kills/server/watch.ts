import "server-only";
import { log } from "@/lib/log.ts";
import { hasOpenKills, listOverdueKills } from "./kills.ts";
import { ourselves, reportKill } from "./settle.ts";

const everyMs = 1000;

// The server's bundles share only globalThis.
const store = globalThis as { [watching]?: { timer: NodeJS.Timeout | undefined } };
const watching: unique symbol = Symbol.for("daybook.kills-watch");
store[watching] ??= { timer: undefined };
const watch = store[watching];

/** Settles kills whose connections close, as long as there are any. Called at start, and with each new kill. */
export function watchKills(): void {
  watch.timer ??= setTimeout(() => {
    void look().then((open) => {
      watch.timer = undefined;
      if (open) watchKills();
    });
  }, everyMs).unref();
}

/** Never rejects. @returns whether there is more to look for */
async function look(): Promise<boolean> {
  try {
    await settleOverdueKills();
    return await hasOpenKills();
  } catch (error) {
    log().error({ err: error }, "kills of closed connections could not be settled; they are tried again");
    return true;
  }
}

/**
 * A connection that has closed was ended when its source had acknowledged that; else it ended by itself, and the
 * request was never delivered.
 */
export async function settleOverdueKills(): Promise<void> {
  for (const kill of await listOverdueKills()) {
    if (kill.acknowledgedAt !== null) await reportKill(kill, "ended", ourselves);
    else
      await reportKill(
        kill,
        "undelivered",
        ourselves,
        "The session was over before its host could be told to end it.",
      );
  }
}
