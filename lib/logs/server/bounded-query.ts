import "server-only";
import type pg from "pg";
import { inTransaction } from "@/lib/db/client.ts";
import type { Prisma } from "@/lib/generated/prisma/client.ts";

/** PostgreSQL's query_canceled, which is what a statement that ran out of time ends with. */
const cancelled = "57014";

/**
 * Runs a statement that may look at far more rows than it gives.
 * @returns undefined when it was not done after `ms`
 * @throws the database's error for anything else
 */
export async function queryWithin<Row extends pg.QueryResultRow>(
  ms: number,
  sql: Prisma.Sql,
): Promise<Row[] | undefined> {
  try {
    return await inTransaction(async (client) => {
      await client.query(`SET LOCAL statement_timeout = ${Math.ceil(ms)}`);
      return (await client.query<Row>(sql)).rows;
    });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === cancelled) return undefined;
    throw error;
  }
}
