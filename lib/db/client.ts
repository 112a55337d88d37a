import "server-only";
import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { env } from "@/lib/env.ts";
import { PrismaClient } from "@/lib/generated/prisma/client.ts";

type Clients = { prisma: PrismaClient; pool: pg.Pool };

// The server's bundles and its plain modules share only globalThis; two pools would halve the connections.
const store = globalThis as { [clients]?: Clients };
const clients: unique symbol = Symbol.for("daybook.db");

/** Connections of the pool; exports and the listener have their own. */
export const poolSize = 20;

function connect(): Clients {
  const pool = new pg.Pool({
    connectionString: env().DATABASE_URL,
    max: poolSize,
    application_name: "daybook",
    connectionTimeoutMillis: 10_000,
  });
  // A connection that the server closes is replaced at the next use; a query in use reports its own error.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  return { pool, prisma: new PrismaClient({ adapter: new PrismaPg(pool) }) };
}

function get(): Clients {
  store[clients] ??= connect();
  return store[clients];
}

/** The only Prisma client: for what is not a log. */
export function prisma(): PrismaClient {
  return get().prisma;
}

/** The only pool of plain connections, under the application's role. */
export function pool(): pg.Pool {
  return get().pool;
}

/** A connection of its own, for what holds one long: LISTEN, COPY. The caller connects and ends it. */
export function dedicatedClient(purpose: string): pg.Client {
  return new pg.Client({
    connectionString: env().DATABASE_URL,
    application_name: `daybook ${purpose}`,
    connectionTimeoutMillis: 10_000,
  });
}

/**
 * Runs `work` in one transaction and rolls back when it throws. Keep it short: live rows wait for every
 * open transaction of the cluster.
 * @param setting a statement that begins it, in the same round trip
 */
export async function inTransaction<T>(
  work: (client: pg.PoolClient) => Promise<T>,
  setting?: string,
): Promise<T> {
  const client = await pool().connect();
  let failure: Error | undefined;
  try {
    await client.query(setting === undefined ? "BEGIN" : `BEGIN; ${setting}`);
    const result = await work(client);
    await client.query("COMMIT");
    return result;
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    // A connection that cannot roll back is thrown away with its transaction.
    await client.query("ROLLBACK").then(
      () => {
        failure = undefined;
      },
      () => undefined,
    );
    throw error;
  } finally {
    client.release(failure);
  }
}

/** Ends every connection; for programs that stop and for tests. */
export async function disconnect(): Promise<void> {
  const current = store[clients];
  if (!current) return;
  delete store[clients];
  await current.prisma.$disconnect();
  await current.pool.end();
}
