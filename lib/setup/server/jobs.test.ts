import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { repeat } from "./jobs.ts";

const endings: Array<() => Promise<void>> = [];
vi.mock("@/lib/log.ts", () => ({ log: () => ({ error: vi.fn() }) }));
vi.mock("@/lib/http/shutdown.ts", () => ({
  beforeShutdown: (_name: string, ending: () => Promise<void>) => endings.push(ending),
}));

beforeEach(() => {
  vi.useFakeTimers();
  endings.length = 0;
});
afterEach(() => vi.useRealTimers());

test("a job that failed runs again; none begins after the server's end", async () => {
  let turns = 0;
  repeat("folding", 1000, async () => {
    turns += 1;
    if (turns === 1) throw new Error("the first turn fails");
  });
  await vi.advanceTimersByTimeAsync(2500);
  expect(turns).toBe(2);
  await endings[0]?.();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(turns).toBe(2);
});

test("the server's end waits for a turn that is under way, and no other follows it", async () => {
  let finish = (): void => {};
  let turns = 0;
  repeat("deleting", 1000, () => {
    turns += 1;
    return new Promise<void>((resolve) => {
      finish = resolve;
    });
  });
  await vi.advanceTimersByTimeAsync(1500);
  let over = false;
  const end = endings[0]?.().then(() => {
    over = true;
  });
  await vi.advanceTimersByTimeAsync(1000);
  expect(over).toBe(false);
  finish();
  await end;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(turns).toBe(1);
});
