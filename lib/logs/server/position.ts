import "server-only";
import { pool } from "@/lib/db/client.ts";

/**
 * A place in the order of the record: everything at or before it was seen. `seq` -1 stands before the first
 * row of its transaction.
 */
export type Position = { epoch: number; xid8: bigint; seq: bigint };

export function formatPosition({ epoch, xid8, seq }: Position): string {
  return `${epoch}.${xid8}.${seq}`;
}

/** Reads what {@link formatPosition} wrote; undefined when it is none. */
export function parsePosition(text: string): Position | undefined {
  const [, epoch, xid8, seq] = /^(\d{1,9})\.(\d{1,18})\.(-1|\d{1,18})$/.exec(text) ?? [];
  if (epoch === undefined || xid8 === undefined || seq === undefined) return undefined;
  return { epoch: Number(epoch), xid8: BigInt(xid8), seq: BigInt(seq) };
}

export type Horizon = {
  epoch: number;
  /** Every transaction below it has ended: rows below it are final, none can still appear. */
  xmin: bigint;
  /** The next transaction id: what was written when this was read lies below it. */
  xmax: bigint;
};

/**
 * How far the record can be read without missing what an open transaction will still commit: readers that
 * ask for "greater than the last" lose rows under concurrent writers.
 */
export async function readHorizon(): Promise<Horizon> {
  const found = await pool().query<{ epoch: number; xmin: string; xmax: string }>({
    name: "horizon",
    text: `SELECT (SELECT max(epoch) FROM epochs) AS epoch, pg_snapshot_xmin(s)::text AS xmin, pg_snapshot_xmax(s)::text AS xmax
     FROM pg_current_snapshot() AS s`,
  });
  const [row] = found.rows;
  if (!row) throw new Error("The database gave no snapshot");
  return { epoch: row.epoch, xmin: BigInt(row.xmin), xmax: BigInt(row.xmax) };
}

/** Everything that had certainly been committed when the horizon was read. */
export function positionOf({ epoch, xmin }: Horizon): Position {
  return { epoch, xid8: xmin, seq: -1n };
}
