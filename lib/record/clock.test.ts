import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { isInstant } from "@/lib/ingest/rows.ts";

let nowInstant: () => string;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date", "performance"], now: Date.UTC(2026, 10, 21, 8, 45, 32, 506) });
  // The clock remembers its last time: each test begins with a new one.
  vi.resetModules();
  ({ nowInstant } = await import("./clock.ts"));
});
afterEach(() => {
  vi.useRealTimers();
});

describe("nowInstant", () => {
  it("is in the record's form, with microseconds", () => {
    expect(nowInstant()).toMatch(/^2026-11-21T08:45:32\.506\d{3}Z$/);
    expect(isInstant(nowInstant())).toBe(true);
  });

  it("grows with every call, however fast they follow each other", () => {
    const times = Array.from({ length: 5000 }, nowInstant);
    expect(new Set(times).size).toBe(times.length);
    expect([...times].sort()).toEqual(times);
  });

  it("goes on when the clock is set back by less than a second", () => {
    const before = nowInstant();
    vi.setSystemTime(Date.now() - 900);
    expect(nowInstant() > before).toBe(true);
  });

  it("follows the clock when it is set back by more", () => {
    nowInstant();
    vi.setSystemTime(Date.now() - 3_600_000);
    expect(nowInstant()).toMatch(/^2026-11-21T07:45:32\.506/);
  });

  it("follows the clock forward", () => {
    nowInstant();
    vi.setSystemTime(Date.now() + 86_400_000);
    expect(nowInstant()).toMatch(/^2026-11-22T08:45:32\.506/);
  });
});
