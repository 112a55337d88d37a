import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { lines, testSource } from "@/lib/ingest/server/test-source.ts";
import { parseQuery } from "../query.ts";
import { type LogSlug, logView } from "../views.ts";
import { followLog, type LiveMessage } from "./follow.ts";
import { type Horizon, type Position, positionOf, readHorizon } from "./position.ts";

/** Milliseconds that the next readings of the horizon take longer than they need, in turn. */
const slowness: number[] = [];
vi.mock("./position.ts", async (original) => {
  const real = await original<typeof import("./position.ts")>();
  const readSlowly = async (): Promise<Horizon> => {
    const horizon = await real.readHorizon();
    await new Promise((resolve) => setTimeout(resolve, slowness.shift() ?? 0));
    return horizon;
  };
  return { ...real, readHorizon: readSlowly };
});

let installation: TestInstallation;
beforeAll(async () => {
  installation = await testInstallation();
});
afterEach(() => {
  slowness.length = 0;
});
afterAll(() => installation.remove());

/** A reader as a browser is one: it keeps the ids it got and the position it may go on from. */
class Reader {
  readonly seen: string[] = [];
  readonly messages: LiveMessage[] = [];
  #stop: (() => void) | undefined;
  #position: Position;
  readonly #search: string;
  readonly #slug: LogSlug;

  constructor(position: Position, search = "", slug: LogSlug = "commands") {
    this.#position = position;
    this.#search = search;
    this.#slug = slug;
  }

  connect(): void {
    const { query } = parseQuery(logView(this.#slug), new URLSearchParams(this.#search));
    if (!query) throw new Error(this.#search);
    const stop = followLog(
      this.#slug,
      { organizationId: installation.organizationId },
      query,
      this.#position,
      async (message) => {
        if (this.#stop !== stop) return;
        this.messages.push(message);
        this.#position = message.position;
        if (message.type === "rows") this.seen.push(...message.rows.map(({ id }) => id));
      },
    );
    this.#stop = stop;
  }

  cut(): void {
    this.#stop?.();
    this.#stop = undefined;
  }
}

async function eventually(check: () => boolean | Promise<boolean>, withinMs = 40_000): Promise<void> {
  const until = performance.now() + withinMs;
  while (!(await check())) {
    if (performance.now() > until) throw new Error("It did not happen in time");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const command = (id: string, user = "ann") => ({
  log: "commands",
  id,
  time: "2026-11-20T10:00:00Z",
  user,
  target: "t",
  command: id,
});

describe("following", () => {
  it("gives a reader that is cut off 20 times every row of 8 writers once", async () => {
    const reader = new Reader(positionOf(await readHorizon()));
    reader.connect();
    let writing = true;
    const writer = async (n: number): Promise<void> => {
      const source = await testSource(installation.organizationId, "native");
      for (let batch = 0; batch < 40; batch++) {
        await source.post(lines(Array.from({ length: 50 }, (_, k) => command(`w${n} b${batch} r${k}`))));
      }
    };
    const cutter = async (): Promise<void> => {
      for (let cut = 0; cut < 20 && writing; cut++) {
        const before = reader.seen.length;
        await eventually(() => reader.seen.length > before || !writing);
        reader.cut();
        reader.connect();
      }
    };
    const writers = Promise.all(Array.from({ length: 8 }, (_, n) => writer(n))).finally(() => {
      writing = false;
    });
    await Promise.all([writers, cutter()]);
    await eventually(() => reader.seen.length >= 16_000);
    const stored = await pool().query<{ id: string }>("SELECT id FROM commands WHERE organization_id = $1", [
      installation.organizationId,
    ]);
    expect(reader.seen.length).toBe(stored.rows.length);
    expect(new Set(reader.seen)).toEqual(new Set(stored.rows.map(({ id }) => id)));
    reader.cut();
  });

  it("gives every row once while the database is slow to answer", async () => {
    const reader = new Reader(positionOf(await readHorizon()));
    reader.connect();
    const source = await testSource(installation.organizationId, "native");
    const ids = Array.from({ length: 20 }, (_, n) => `slow ${n}`);
    for (const [n, id] of ids.entries()) {
      slowness.push(n % 2 === 0 ? 300 : 0);
      await source.post(lines([command(id)]));
      // Somebody looks, or has looked and is slow to say what was there.
      await eventually(() => slowness.length === 0);
    }
    const told = () =>
      reader.messages.flatMap((message) =>
        message.type === "rows" ? message.rows.map((row) => row["command"]) : [],
      );
    await eventually(() => told().includes("slow 19"));
    expect(told()).toEqual(ids);
    reader.cut();
  });

  it("shows only what the query matches", async () => {
    const reader = new Reader(positionOf(await readHorizon()), "user=carl");
    reader.connect();
    const source = await testSource(installation.organizationId, "native");
    await source.post(lines([command("d1", "dora"), command("c1", "carl")]));
    await eventually(() => reader.seen.length > 0);
    await source.post(lines([command("c2", "carl")]));
    await eventually(() => reader.seen.length > 1);
    expect(reader.seen).toHaveLength(2);
    reader.cut();
  });

  it("tells that a connection has closed to whom follows the open ones, and to nobody it was none of", async () => {
    const start = positionOf(await readHorizon());
    const open = new Reader(start, "status=opened", "connections");
    const othersOpen = new Reader(start, "status=opened&user=dora", "connections");
    const closed = new Reader(start, "status=closed", "connections");
    for (const reader of [open, othersOpen, closed]) reader.connect();
    const source = await testSource(installation.organizationId, "native");
    const event = (name: string, time: string) => ({
      log: "connection-events",
      id: `leaving ${name}`,
      time: `2026-11-20T${time}Z`,
      user: "carl",
      target: "t",
      kind: "ssh",
      connectionRef: "leaving 1",
      event: name,
    });
    await source.post(lines([event("open", "10:00:00")]));
    await eventually(() => open.seen.length === 1);
    await source.post(lines([event("closed", "10:05:00")]));
    await eventually(() => closed.seen.length === 1);
    await eventually(() => open.messages.length === 2);
    expect(open.messages[1]).toMatchObject({ rows: [], left: [{ id: open.seen[0], status: "closed" }] });
    expect(othersOpen.messages).toEqual([]);
    for (const reader of [open, othersOpen, closed]) reader.cut();
  });

  it("waits for an older transaction, says who holds it back, and goes on afterwards", async () => {
    const holder = new pg.Client({
      connectionString: installation.ownerUrl,
      application_name: "slow import",
    });
    await holder.connect();
    await holder.query("BEGIN; CREATE TABLE held_open (n int)");
    const reader = new Reader(positionOf(await readHorizon()));
    reader.connect();
    const source = await testSource(installation.organizationId, "native");
    await source.post(lines([command("behind")]));
    await eventually(() => reader.messages.some(({ type }) => type === "held"));
    expect(reader.seen).toEqual([]);
    const held = reader.messages.find(({ type }) => type === "held");
    expect(held).toMatchObject({ by: expect.stringContaining("slow import") });
    await holder.query("ROLLBACK");
    await holder.end();
    await eventually(() => reader.seen.length === 1);
    await eventually(() => reader.messages.some(({ type }) => type === "flowing"));
    reader.cut();
  });
});
