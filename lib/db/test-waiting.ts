import { setTimeout as wait } from "node:timers/promises";
import { pool } from "./client.ts";

/** Waits until at least so many connections to the test's database stand behind a lock. @throws Error after 20 s */
export async function untilWaiting(count: number): Promise<void> {
  for (let look = 0; look < 800; look++) {
    const waiting = await pool().query(
      "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
    if ((waiting.rowCount ?? 0) >= count) return;
    await wait(25);
  }
  throw new Error(`No ${count} connections came to wait for a lock`);
}
