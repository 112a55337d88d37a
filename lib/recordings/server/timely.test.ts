import { expect, it } from "vitest";
import { startOf } from "./timely.ts";

const receivedAt = "2026-11-21T10:00:00.000000Z";
const given = "2026-11-20T08:00:00.000000Z";

function start(said: string | undefined, known: string, durationUs = 2_000_000) {
  const summary = { info: { startedAt: said }, screen: { durationUs } } as unknown as Parameters<
    typeof startOf
  >[0];
  const { startedAt, finding } = startOf(summary, known, receivedAt);
  return { startedAt, finding: finding?.message };
}

it.each([
  ["itself", "2026-11-19T08:00:00.000000Z", given, "2026-11-19T08:00:00.000000Z"],
  ["its sender, where it says nothing", undefined, given, given],
])("a recording began when it was said to by %s", (_by, said, known, startedAt) => {
  expect(start(said, known)).toEqual({ startedAt, finding: undefined });
});

it.each([
  ["its sender gave", given, given],
  ["it was received at", receivedAt, receivedAt],
  ["it was received at", "1980-01-01T00:00:00.000000Z", receivedAt],
])(
  "of a machine without a clock the time that %s is taken, which a finding says",
  (words, known, startedAt) => {
    expect(start("1970-01-01T00:00:05.000000Z", known)).toEqual({
      startedAt,
      finding: expect.stringContaining(
        `from 1970-01-01T00:00:05.000000Z on, outside the years that the logs hold: 1990 to 366 days ahead. The time that ${words} is taken instead.`,
      ),
    });
  },
);

it("one whose end the logs cannot hold is of no time that they can", () => {
  const tenYears = 10 * 366 * 86_400 * 1_000_000;
  expect(start("2026-11-19T08:00:00.000000Z", receivedAt, tenYears)).toMatchObject({
    startedAt: receivedAt,
    finding: expect.any(String),
  });
});
