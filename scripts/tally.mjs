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

/** A line for each test that failed, and each file that did not load: where it stands, its name, and why in a line. */
export function failuresOf(report, root) {
  return (report?.testResults ?? []).flatMap((file) => {
    const place = file.name.replace(`${root}/`, '');
    const failed = file.assertionResults.filter((test) => test.status === 'failed');
    if (failed.length === 0 && file.status === 'failed') return [`${place}: ${firstLine(file.message)}`];
    return failed.map((test) => `${place} > ${test.fullName}: ${firstLine(test.failureMessages?.[0])}`);
  });
}

const lineCharactersMax = 300;
const firstLine = (text) => (text ?? '').split('\n', 1)[0].slice(0, lineCharactersMax);
