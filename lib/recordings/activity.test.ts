import { expect, it } from "vitest";
import { ActivityCounter, timelineOf } from "@/lib/recordings/activity.ts";
import { IdleTime } from "@/lib/recordings/idle.ts";

it("counts what happened when, however long it took", () => {
  const counter = new ActivityCounter();
  counter.add(0, 10);
  counter.add(5_500_000_000, 20);
  counter.add(9_999_999_999, 30);
  const activity = counter.result(10_000_000_000);
  expect(activity.counts.length).toBeLessThanOrEqual(1024);
  expect(timelineOf(activity, 10_000_000_000, 10).map(Math.round)).toEqual([10, 0, 0, 0, 0, 20, 0, 0, 0, 30]);
});

it("is drawn over the player's time when pauses are shortened", () => {
  const counter = new ActivityCounter();
  counter.add(0, 1);
  counter.add(99_500_000, 1);
  counter.add(100_000_000, 1);
  const pauses = { shortestUs: 500_000, list: [[0, 99_000_000]] as [number, number][] };
  const idle = new IdleTime(pauses, 1_000_000);
  const drawn = timelineOf(counter.result(100_000_000), idle.toPlayer(100_000_000), 2, (time) =>
    idle.toPlayer(time),
  );
  expect(drawn).toEqual([1, 2]);
});
