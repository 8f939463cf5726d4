import { readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vitest/config';

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

const unit = ['{packages,platform,modules,apps,testkit,scripts}/**/*.{test,prop.test}.{ts,mjs}'];
const database = ['{platform,modules,apps,testkit,tests}/**/*.{db.test,http.test}.ts'];
const never = ['**/node_modules/**', '**/dist/**'];

export default defineConfig({
  plugins: [sqlText()],
  test: {
    projects: [
      {
        plugins: [sqlText()],
        test: { name: 'unit', include: unit, exclude: [...never, ...database], testTimeout: 10_000 },
      },
      {
        plugins: [sqlText()],
        test: {
          name: 'database',
          include: database,
          exclude: never,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
