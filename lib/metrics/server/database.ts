import "server-only";
import { pool, poolSize } from "@/lib/db/client.ts";
import type { Family, Sample } from "../exposition.ts";

/** So long the database may take to answer before it counts as away. */
const patienceMs = 1000;

/** The connections of this process, and what only the database knows: whether it answers, exports under way. */
export async function databaseFamilies(): Promise<Family[]> {
  const { totalCount, idleCount, waitingCount } = pool();
  const running = await runningExports();
  const sample = (value: number): Sample[] => [{ labels: {}, value }];
  return [
    {
      name: "daybook_pool_connections",
      help: "Connections of the pool to the database.",
      type: "gauge",
      samples: [
        { labels: { state: "used" }, value: totalCount - idleCount },
        { labels: { state: "idle" }, value: idleCount },
      ],
    },
    {
      name: "daybook_pool_connections_max",
      help: "Connections that the pool may hold.",
      type: "gauge",
      samples: sample(poolSize),
    },
    {
      name: "daybook_pool_waiting",
      help: "Who waits for a connection of the pool.",
      type: "gauge",
      samples: sample(waitingCount),
    },
    {
      name: "daybook_database_up",
      help: "Whether the database answered within a second.",
      type: "gauge",
      samples: sample(running === undefined ? 0 : 1),
    },
    {
      name: "daybook_exports_running",
      help: "Exports under way; missing while the database does not answer.",
      type: "gauge",
      samples: running === undefined ? [] : sample(running),
    },
  ];
}

/** Undefined when the database does not answer: metrics are read most when something is wrong. */
async function runningExports(): Promise<number | undefined> {
  const counted = pool()
    .query<{ n: number }>("SELECT count(*)::int AS n FROM exports WHERE state = 'running'")
    .then(
      ({ rows }) => rows[0]?.n,
      () => undefined,
    );
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), patienceMs);
  });
  const answer = await Promise.race([counted, tooLate]);
  clearTimeout(timer);
  return answer;
}
