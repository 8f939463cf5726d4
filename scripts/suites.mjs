// Every kind of test, in the order it runs, in this one place: `npm test`, `.ci/run` and TESTING.md go by it. Each
// is a project of vitest.config.ts; a file belongs to a suite by its suffix. `oneAtATime`: one file after another, and nothing
// else runs meanwhile. `byItself`: no other suite runs meanwhile.
export const suites = [
  {
    project: 'unit',
    what: 'unit and property tests (*.test.ts, *.prop.test.ts)',
    runs: 'always',
  },
  {
    project: 'database',
    what: 'database and HTTP tests (*.db.test.ts, *.http.test.ts)',
    runs: 'always, and on PostgreSQL with --postgres',
    onPostgres: true,
  },
  {
    project: 'race',
    what: 'races at two processes on one database (tests/**/*.race.ts)',
    runs: 'on PostgreSQL with --postgres',
    onPostgres: true,
    onlyPostgres: true,
    oneAtATime: true,
  },
  {
    project: 'crash',
    what: 'processes killed at the worst moment (tests/**/*.crash.ts)',
    runs: 'always, and on PostgreSQL with --postgres',
    onPostgres: true,
    ownBuild: true,
  },
  {
    project: 'line',
    what: 'lines between network and banks that fail in every way (tests/**/*.line.ts)',
    runs: 'always, on the embedded engine: what a line does is the same on both',
    ownBuild: true,
  },
  {
    project: 'overload',
    what: 'twice the capacity, an outage, storms of repeats and polls (tests/**/*.overload.ts)',
    runs: 'npm run overload',
    byName: true,
    ownBuild: true,
    oneAtATime: true,
  },
  {
    project: 'drill',
    what: 'a fail-over: the primary database killed under load (tests/**/*.drill.ts)',
    runs: 'npm run drill',
    byName: true,
    ownBuild: true,
    oneAtATime: true,
  },
  {
    project: 'timed',
    what: 'browser tests of what must be seen within a second (tests/e2e/**/*.timed.ts)',
    runs: 'when Chromium is installed; its absence fails in CI',
    needsChromium: true,
    ownBuild: true,
    oneAtATime: true,
  },
  {
    project: 'e2e',
    what: 'browser tests (tests/e2e/**/*.e2e.ts)',
    runs: 'when Chromium is installed; its absence fails in CI',
    needsChromium: true,
    ownBuild: true,
    byItself: true,
  },
];
