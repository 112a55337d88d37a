import "server-only";
import { dedicatedClient, pool } from "@/lib/db/client.ts";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import { recordChannel } from "@/lib/record/server/insert.ts";
import type { LogQuery } from "../query.ts";
import { type LogSlug, logView } from "../views.ts";
import type { LogRow } from "./list.ts";
import { type Horizon, type Position, positionOf, readHorizon } from "./position.ts";
import { all, conditionSql, identifier, partConditions, type Scope, selectList, whereSql } from "./sql.ts";

/** What a follower is told. */
export type LiveMessage =
  | {
      type: "rows";
      rows: LogRow[];
      /** Rows of a projection that have changed and do not match, though they may have before. */
      left?: LogRow[];
      position: Position;
    }
  /** Rows that were committed cannot be shown yet: an older transaction is still open. */
  | { type: "held"; seconds: number; by: string; position: Position }
  | { type: "flowing"; position: Position };

type Follower = {
  slug: LogSlug;
  organizationId: string;
  where: Prisma.Sql;
  /** What a row may stop to match; undefined where rows cannot. */
  matching: Prisma.Sql | undefined;
  position: Position;
  send: (message: LiveMessage) => Promise<void>;
  held: boolean;
  /** Something was committed since anybody looked. */
  notified: boolean;
  /** Rows committed below this transaction id are still owed. */
  target: bigint;
  busy: boolean;
};

/** Between two looks at the record while rows are owed, and rows in one message. */
const tickMs = 100;
const batchRows = 500;
/** After the database failed. */
const retryMs = 1000;
/** After so long a wait followers are told who holds them back. */
const heldAfterMs = 2000;

/**
 * Follows the rows of a view that match a query, from a position on: one listener for the whole process,
 * however many follow. Rows come in order of the record, each once; `send` is awaited, so a slow reader
 * slows only itself.
 * @returns ends the following
 */
export function followLog(
  slug: LogSlug,
  scope: Scope,
  query: LogQuery,
  position: Position,
  send: Follower["send"],
): () => void {
  const view = logView(slug);
  const { lasting, changing } = partConditions(view, query.conditions);
  const where = whereSql(view, scope, { ...query, conditions: lasting }, Date.now());
  const follower: Follower = {
    slug,
    organizationId: scope.organizationId,
    where,
    matching:
      changing.length > 0 ? all(changing.map((condition) => conditionSql(view, condition))) : undefined,
    position,
    send,
    held: false,
    // What was committed between the position and now is owed at once.
    notified: true,
    target: 0n,
    busy: false,
  };
  hub.followers.add(follower);
  hub.start();
  return () => hub.followers.delete(follower);
}

function isOwed(follower: Follower): boolean {
  return follower.notified || follower.target > follower.position.xid8;
}

class Hub {
  readonly followers = new Set<Follower>();
  private listening: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private looking = false;
  private lookAgain = false;
  private waitingSince: number | undefined;

  start(): void {
    this.listening ??= this.listen();
    this.schedule(0);
  }

  /** One look at a time: an older horizon that came in late would send followers back to where they were. */
  private schedule(delay: number): void {
    if (this.looking) {
      this.lookAgain = true;
      return;
    }
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.looking = true;
      void this.tick().finally(() => {
        this.looking = false;
        if (this.lookAgain) this.schedule(tickMs);
        this.lookAgain = false;
      });
    }, delay);
  }

  /** LISTEN on one connection; when it breaks, a new one is made and everyone looks once. */
  private async listen(): Promise<void> {
    const client = dedicatedClient("live");
    let broken = false;
    const again = (): void => {
      // What breaks the connection may be told twice, as an event and by the query under way.
      if (broken) return;
      broken = true;
      client.removeAllListeners();
      client.on("error", () => undefined);
      void client.end().catch(() => undefined);
      setTimeout(() => {
        this.listening = this.listen();
      }, 500).unref();
    };
    client.once("error", again);
    client.once("end", again);
    client.on("notification", ({ payload = "" }) => {
      const [organizationId, logs = ""] = payload.split(" ");
      const touched = new Set(logs.split(","));
      for (const follower of this.followers) {
        if (follower.organizationId === organizationId && touched.has(follower.slug))
          follower.notified = true;
      }
      this.schedule(tickMs);
    });
    try {
      await client.connect();
      await client.query(`LISTEN ${recordChannel}`);
    } catch {
      again();
      return;
    }
    for (const follower of this.followers) follower.notified = true;
    this.schedule(0);
  }

  private async tick(): Promise<void> {
    const owed = [...this.followers].filter((follower) => !follower.busy && isOwed(follower));
    if (owed.length === 0) return;
    const notified = new Set(owed.filter((follower) => follower.notified));
    // From here on, what is committed may lie beyond the horizon that is read, and is told of anew.
    for (const follower of notified) follower.notified = false;
    try {
      const horizon = await readHorizon();
      for (const follower of owed) {
        if (notified.has(follower)) follower.target = horizon.xmax;
        this.advance(follower, horizon).then(
          () => this.followers.has(follower) && isOwed(follower) && this.schedule(tickMs),
          () => this.schedule(retryMs),
        );
      }
      // Not waited for: a follower that reads slowly is told when it reads again.
      this.noteHeld(owed, horizon).catch(() => this.schedule(retryMs));
    } catch {
      // The database is away for the moment; what is owed stays owed and is asked for again.
      for (const follower of notified) follower.notified = true;
      await new Promise((resolve) => setTimeout(resolve, retryMs));
      this.schedule(0);
    }
  }

  private async advance(follower: Follower, horizon: Horizon): Promise<void> {
    follower.busy = true;
    try {
      for (;;) {
        const { rows, left, last } = await readRows(follower, horizon);
        const full = rows.length + left.length === batchRows;
        follower.position = full && last ? last : positionOf(horizon);
        if (rows.length + left.length > 0) {
          const news = { rows, ...(left.length > 0 && { left }) };
          await follower.send({ type: "rows", ...news, position: follower.position });
        }
        if (!full || !this.followers.has(follower)) return;
      }
    } finally {
      follower.busy = false;
    }
  }

  private async noteHeld(owed: Follower[], horizon: Horizon): Promise<void> {
    const waiting = owed.filter((follower) => follower.target > horizon.xmin);
    if (waiting.length === 0) {
      this.waitingSince = undefined;
    } else {
      this.waitingSince ??= performance.now();
    }
    for (const follower of owed) {
      if (follower.held && !waiting.includes(follower)) {
        follower.held = false;
        await follower.send({ type: "flowing", position: follower.position });
      }
    }
    if (this.waitingSince === undefined || performance.now() - this.waitingSince < heldAfterMs) return;
    const blocker = await readBlocker();
    for (const follower of waiting) {
      if (follower.held || !blocker) continue;
      follower.held = true;
      await follower.send({ type: "held", ...blocker, position: follower.position });
    }
  }
}

async function readBlocker(): Promise<{ seconds: number; by: string } | undefined> {
  const found = await pool().query<{ pid: number; application: string; role: string; seconds: number }>(
    "SELECT pid, application, role, seconds FROM live_blocker()",
  );
  const [row] = found.rows;
  if (!row) return undefined;
  const name = row.application === "" ? "a client without a name" : row.application;
  return { seconds: Math.round(row.seconds), by: `${name} (role ${row.role}, process ${row.pid})` };
}

type Read = { rows: LogRow[]; left: LogRow[]; last?: Position };

async function readRows(follower: Follower, horizon: Horizon): Promise<Read> {
  const view = logView(follower.slug);
  const { epoch, xid8, seq } = follower.position;
  const found = await pool().query<
    LogRow & { ord_epoch: number; ord_xid8: string; ord_seq: string; still: boolean | null }
  >(Prisma.sql`
    SELECT ${selectList(view)}, r.epoch AS ord_epoch, r.xid8::text AS ord_xid8, r.seq::text AS ord_seq,
      ${follower.matching ?? Prisma.sql`true`} AS still
    FROM ${identifier(view.table)} r
    WHERE (r.epoch, r.xid8, r.seq) > (${epoch}, ${xid8.toString()}::bigint, ${seq.toString()}::bigint)
      AND (r.epoch, r.xid8) < (${horizon.epoch}, ${horizon.xmin.toString()}::bigint) AND ${follower.where}
    ORDER BY r.epoch, r.xid8, r.seq LIMIT ${batchRows}`);
  const read: Read = { rows: [], left: [] };
  for (const { ord_epoch, ord_xid8, ord_seq, still, ...row } of found.rows) {
    (still === true ? read.rows : read.left).push(row as LogRow);
    read.last = { epoch: ord_epoch, xid8: BigInt(ord_xid8), seq: BigInt(ord_seq) };
  }
  return read;
}

const hubKey: unique symbol = Symbol.for("daybook.live");
const store = globalThis as { [hubKey]?: Hub };
store[hubKey] ??= new Hub();
const hub = store[hubKey];
