import { afterEach, expect, it, vi } from "vitest";

afterEach(() => {
  vi.useRealTimers();
  Reflect.deleteProperty(process.stdout, "isTTY");
  vi.restoreAllMocks();
  vi.resetModules();
});

/** What is printed while a minute passes. */
async function lines(terminal: boolean): Promise<string[]> {
  vi.useFakeTimers();
  Object.defineProperty(process.stdout, "isTTY", { value: terminal, configurable: true });
  const printed: string[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => printed.push(String(text)) > 0);
  const { step } = await import("./terminal.mjs");
  const work = step("Building", () => new Promise<void>((resolve) => setTimeout(resolve, 60_500)));
  await vi.advanceTimersByTimeAsync(61_000);
  await work;
  return printed;
}

it("a step says at a terminal every three seconds that it still runs", async () => {
  const printed = await lines(true);
  expect(printed.slice(0, 2)).toEqual(["Building …\n", "  Building: 3 s so far\n"]);
  expect(printed).toHaveLength(21);
});

it("and elsewhere every fifteen", async () => {
  expect(await lines(false)).toEqual([
    "Building …\n",
    ...[15, 30, 45, 60].map((seconds) => `  Building: ${seconds} s so far\n`),
  ]);
});
