import { describe, expect, it } from "vitest";
import { IdleTime } from "@/lib/recordings/idle.ts";

const second = 1_000_000;
/** Pauses of 40 and of 1.5 seconds, in a recording of 70. */
const pauses = {
  shortestUs: 500_000,
  list: [
    [3 * second, 43 * second],
    [50 * second, 51.5 * second],
  ] as [number, number][],
};

describe("time with pauses of two seconds at most", () => {
  const idle = new IdleTime(pauses, 2 * second);

  it.each([
    ["before a pause", 1, 1],
    ["where it begins", 3, 3],
    ["a second into it", 4, 4],
    ["where it ends", 43, 5],
    ["behind a short pause", 60, 22],
  ])("%s", (_where, recording, player) => {
    expect(idle.toPlayer(recording * second)).toBe(player * second);
    expect(idle.toRecording(player * second)).toBe(recording * second);
  });

  it("stands still in a long pause, before what ends it", () => {
    for (const recording of [5, 20, 42.999999]) {
      const player = idle.toPlayer(recording * second);
      expect(player).toBe(5 * second - 1);
      expect(idle.toRecording(player)).toBeLessThan(43 * second);
    }
  });

  it("never goes back", () => {
    let last = -1;
    for (let us = 0; us <= 70 * second; us += 125_000) {
      const player = idle.toPlayer(us);
      expect(player).toBeGreaterThanOrEqual(last);
      last = player;
    }
  });
});

describe("without a limit", () => {
  it("time is as it was", () => {
    const idle = new IdleTime(pauses, undefined);
    expect(idle.toPlayer(20 * second)).toBe(20 * second);
    expect(idle.toRecording(20 * second)).toBe(20 * second);
  });

  it("a limit below the pauses that are known is refused", () => {
    expect(() => new IdleTime(pauses, 100_000)).toThrow("idle: must be at least 0.5 seconds");
  });
});
