import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestInstallation, testInstallation } from "@/lib/auth/server/test-installation.ts";
import { pool } from "@/lib/db/client.ts";
import { nowInstant } from "@/lib/record/clock.ts";
import { recordUserEvent, type UserEvent } from "./record.ts";

let installation: TestInstallation;
beforeAll(async () => {
  installation = await testInstallation();
});
afterAll(() => installation.remove());

const event = (action: string, more: Partial<UserEvent> = {}): UserEvent => ({
  organizationId: installation.organizationId,
  time: nowInstant(),
  user: "ann@example.org",
  actorType: "user",
  action,
  resource: "/logs/commands",
  outcome: "success",
  count: 1,
  ...more,
});

const written = (action: string) =>
  pool().query<{ xid8: string; resource: string }>(
    "SELECT xid8::text, resource FROM user_events WHERE action = $1",
    [action],
  );

describe("recording user events", () => {
  it("resolves when the row is committed", async () => {
    for (let round = 0; round < 20; round++) {
      await recordUserEvent(event(`single-${round}`));
      expect((await written(`single-${round}`)).rowCount).toBe(1);
    }
  });

  it("shares commits among events at once: each has its row, in far fewer transactions", async () => {
    const all = Array.from({ length: 1200 }, async () => {
      await recordUserEvent(event("burst"));
    });
    await Promise.all(all);
    const { rows } = await written("burst");
    expect(rows).toHaveLength(1200);
    const commits = new Set(rows.map((row) => row.xid8));
    expect(commits.size).toBeLessThanOrEqual(6);
    expect(commits.size).toBeGreaterThanOrEqual(3);
  });

  it("lets one event that the database refuses fail alone", async () => {
    const results = await Promise.allSettled([
      recordUserEvent(event("mixed")),
      recordUserEvent(event("mixed", { time: "1066-10-14T00:00:00.000000Z" })),
      recordUserEvent(event("mixed", { count: 2 ** 40 })),
      recordUserEvent(event("mixed")),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected", "fulfilled"]);
    expect((await written("mixed")).rowCount).toBe(2);
  });

  it("keeps texts that a client made as they are, but for NUL and what is too long", async () => {
    const resource = "/logs/commands?q=\t\\N%00\0\n\u{1f600}";
    await recordUserEvent(event("odd", { resource, userAgent: "x".repeat(5000) }));
    expect((await written("odd")).rows[0]?.resource).toBe(resource.replace("\0", "\u2400"));
  });

  it("rejects, and does not pretend, when the row cannot be written", async () => {
    await expect(recordUserEvent(event("lost", { organizationId: crypto.randomUUID() }))).rejects.toThrow();
  });
});
