/**
 * What a test run came to, from its exit code and the JSON report it wrote (undefined when it wrote none).
 * A file that does not even load, or an error outside any test, leaves no test to blame and is a failure all the same.
 */
export function tally(exitCode, report) {
  const passed = report?.numPassedTests ?? 0;
  const skipped = (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0);
  const named = report?.numFailedTests ?? 0;
  const failed = exitCode !== 0 && named === 0 ? 1 : named;
  return { passed, failed, skipped };
}
