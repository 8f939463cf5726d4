import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { defineConfig, type Plugin } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** `import text from './0001_init.sql'`: the file's text, as the bundler gives it. */
function sqlText(): Plugin {
  return {
    name: 'sql-text',
    enforce: 'pre',
    load(id) {
      if (!id.endsWith('.sql')) return null;
      return `export default ${JSON.stringify(readFileSync(id, 'utf8'))};`;
    },
  };
}

const never = ['**/node_modules/**', '**/dist/**', '**/fixtures/**'];
const database = ['{platform,modules,apps,testkit,tests}/**/*.{db.test,http.test}.ts'];

/** More rounds than in continuous integration take as much longer. */
const times = Math.max(1, Number(process.env.FEIQIAN_TEST_TIMES ?? 1));

interface Suite {
  name: string;
  include: string[];
  exclude?: string[];
  testMsMax: number;
}

/** A suite is told by a file's suffix; scripts/suites.mjs says which runs when. */
function suite({ name, include, exclude = [], testMsMax }: Suite) {
  return {
    plugins: [sqlText()],
    test: {
      name,
      // Files share their worker's modules, and the embedded engine that is compiled once: a third of the time. So a
      // test undoes what it changes in a module.
      isolate: false,
      include,
      exclude: [...never, ...exclude],
      testTimeout: testMsMax,
      hookTimeout: Math.max(testMsMax, 60_000),
      // What a test sees must not depend on the machine's zone.
      env: { TZ: 'UTC' },
    },
  };
}

/** What takes minutes, and mostly waits; the rest of the files fill the gaps. */
const longest = /\.(crash|line)\.ts$|hostile\/api|auditor|canary/;

/** Begins with the files that take longest, so that none of them is left over at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const first = (f: TestSpecification) => (longest.test(f.moduleId) ? 0 : 1);
    return sorted.sort((a, b) => first(a) - first(b));
  }
}

export default defineConfig({
  test: {
    maxWorkers: availableParallelism(),
    sequence: { sequencer: LongestFirst },
    projects: [
      suite({
        name: 'unit',
        include: [
          '{packages,platform,modules,apps,testkit,tests,scripts}/**/*.{test,prop.test}.{ts,tsx,mjs}',
        ],
        exclude: database,
        testMsMax: 10_000,
      }),
      suite({ name: 'database', include: database, testMsMax: 60_000 }),
      suite({ name: 'crash', include: ['tests/**/*.crash.ts'], testMsMax: 300_000 * times }),
      suite({ name: 'line', include: ['tests/**/*.line.ts'], testMsMax: 120_000 * times }),
      suite({ name: 'race', include: ['tests/**/*.race.ts'], testMsMax: 120_000 * times }),
      suite({ name: 'drill', include: ['tests/**/*.drill.ts'], testMsMax: 180_000 }),
      suite({ name: 'overload', include: ['tests/**/*.overload.ts'], testMsMax: 300_000 }),
      suite({ name: 'timed', include: ['tests/e2e/**/*.timed.ts'], testMsMax: 120_000 }),
      suite({ name: 'e2e', include: ['tests/e2e/**/*.e2e.ts'], testMsMax: 120_000 }),
    ],
  },
});
