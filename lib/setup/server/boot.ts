import "server-only";
import { closeOrphans } from "@/lib/audit/server/record.ts";
import { endExpiredChallenges } from "@/lib/auth/server/challenges.ts";
import { endExpiredSessions } from "@/lib/auth/server/sessions.ts";
import { forgetOldAttempts } from "@/lib/auth/server/throttle.ts";
import { pool } from "@/lib/db/client.ts";
import { beforeShutdown } from "@/lib/http/shutdown.ts";
import { watchKills } from "@/lib/kills/server/watch.ts";
import { log } from "@/lib/log.ts";
import { closeOrphanedExports } from "@/lib/logs/server/export-state.ts";
import { openPlaces } from "@/lib/places/server/places.ts";
import { recordTables } from "@/lib/record/columns.ts";
import { removeBlobs, removeBlobsSoon } from "@/lib/recordings/server/blob-removals.ts";
import { blobs, clearStaging } from "@/lib/recordings/server/blobs.ts";
import { awaitLeftSessions } from "@/lib/recordings/server/live-store.ts";
import { listenForStreams } from "@/lib/recordings/server/stream-producers.ts";
import { listenForSudo } from "@/lib/recordings/server/sudo-sources.ts";
import { resumeWork } from "@/lib/recordings/server/work-out.ts";
import { deleteExpired } from "@/lib/retention/server/expire.ts";
import { flushAnonymousFailures } from "@/lib/user-events/server/anonymous.ts";
import { forgetOldLinks } from "@/lib/users/server/links.ts";
import { registerBareRoutes } from "./bare-routes.ts";
import { repeat } from "./jobs.ts";

const foldEveryMs = 10_000;
const placesEveryMs = 60_000;
const sessionsEveryMs = 60_000;
const attemptsEveryMs = 3_600_000;
const removalsEveryMs = 60_000;
const expiredEveryMs = 10 * 60_000;
const partitionsEveryMs = 6 * 3_600_000;
/** Months for which partitions stand ready, the current one included. */
const monthsAhead = 3;

/**
 * What the server does once before it serves: takes ingestion and refusals of the API onto the bare server, closes what an earlier
 * run left open, and starts the jobs that run beside requests.
 */
export async function boot(): Promise<void> {
  registerBareRoutes();
  await openPlaces();
  await closeOrphans();
  await closeOrphanedExports();
  await makePartitionsAhead();
  await clearStaging();
  void sweepStore();
  await awaitLeftSessions();
  await resumeWork();
  watchKills();
  await listenForSudo();
  listenForStreams();
  beforeShutdown("anonymous failures", () => flushAnonymousFailures("all"));
  repeat("fold counts", foldEveryMs, foldCounts);
  repeat("places", placesEveryMs, openPlaces);
  repeat("expired sessions", sessionsEveryMs, async () => void (await endExpiredSessions()));
  repeat("sign-ins without a code", sessionsEveryMs, async () => void (await endExpiredChallenges()));
  repeat("old sign-in attempts", attemptsEveryMs, async () => void (await forgetOldAttempts()));
  repeat("old links", attemptsEveryMs, async () => void (await forgetOldLinks()));
  repeat("expired recordings", expiredEveryMs, async () => void (await deleteExpired()));
  repeat("blobs to remove", removalsEveryMs, async () => void (await removeBlobs()));
  repeat("partitions ahead", partitionsEveryMs, makePartitionsAhead);
}

/** What an earlier run left in the store of recordings; nobody waits for a store that is away. */
async function sweepStore(): Promise<void> {
  try {
    await blobs().sweep();
  } catch (error) {
    log().error({ err: error }, "uploads that were cut off stay in the store until the next start");
  }
  await removeBlobsSoon();
}

async function foldCounts(): Promise<void> {
  for (;;) {
    const found = await pool().query<{ folded: string }>("SELECT fold_counts() AS folded");
    if (Number(found.rows[0]?.folded ?? 0) === 0) return;
  }
}

async function makePartitionsAhead(): Promise<void> {
  await pool().query(
    `SELECT ensure_partition(t, (date_trunc('month', now() AT TIME ZONE 'UTC') + m * interval '1 month')::date)
     FROM unnest($1::text[]) AS t, generate_series(0, $2::int) AS m`,
    [Object.values(recordTables), monthsAhead],
  );
}
