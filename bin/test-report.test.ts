import { expect, test } from "vitest";
import { conclude, countPlaywright, countVitest } from "@/bin/test-report.mjs";

test("a test file that could not be loaded is a failure", () => {
  const testResults = [
    { status: "passed", assertionResults: [{}] },
    { status: "failed", assertionResults: [] },
  ];
  const report = JSON.stringify({ numPassedTests: 1, numFailedTests: 0, testResults });
  expect(countVitest(report)).toEqual({ passed: 1, failed: 1 });
});

test("a browser test that passed when repeated has passed; an error outside of tests is a failure", () => {
  const report = JSON.stringify({
    stats: { expected: 4, unexpected: 1, flaky: 1, skipped: 2 },
    errors: [{}],
  });
  expect(countPlaywright(report)).toEqual({ passed: 5, failed: 2 });
});

test("the closing line sums up; nothing run, a failure or a broken runner is no success", () => {
  const good = { passed: 2, failed: 0 };
  expect(conclude([good, good], [0, 0])).toEqual({ line: "4 passed, 0 failed", code: 0 });
  expect(conclude([good, { passed: 0, failed: 1 }], [0, 1])).toEqual({ line: "2 passed, 1 failed", code: 1 });
  expect(conclude([good], [1]).code).toBe(1);
  expect(conclude([], [])).toEqual({ line: "0 passed, 0 failed", code: 1 });
});
