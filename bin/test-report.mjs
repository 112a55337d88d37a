/**
 * @typedef {{ passed: number, failed: number }} Count
 */

/**
 * @param {string} json Vitest's report
 * @returns {Count} a file that could not be loaded counts as one failed test
 */
export function countVitest(json) {
  /** @type {{ numPassedTests: number, numFailedTests: number, testResults: { status: string, assertionResults: unknown[] }[] }} */
  const report = JSON.parse(json);
  const unloaded = report.testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.length === 0,
  );
  return { passed: report.numPassedTests, failed: report.numFailedTests + unloaded.length };
}

/**
 * @param {string} json Playwright's report
 * @returns {Count} a test that passed when repeated counts as passed, which Playwright lists as flaky; an error
 *   outside of tests counts as failed
 */
export function countPlaywright(json) {
  /** @type {{ stats: { expected: number, unexpected: number, flaky: number }, errors: unknown[] }} */
  const { stats, errors } = JSON.parse(json);
  return { passed: stats.expected + stats.flaky, failed: stats.unexpected + errors.length };
}

/**
 * @param {Count[]} counts of the halves that ran
 * @param {number[]} exitCodes theirs
 * @returns {{ line: string, code: number }} the closing line, and what to exit with
 */
export function conclude(counts, exitCodes) {
  const passed = counts.reduce((sum, count) => sum + count.passed, 0);
  const failed = counts.reduce((sum, count) => sum + count.failed, 0);
  const good = failed === 0 && passed > 0 && exitCodes.every((code) => code === 0);
  return { line: `${passed} passed, ${failed} failed`, code: good ? 0 : 1 };
}
