import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { budgetsKib, sizesOf } from '../../scripts/size.mjs';

const built = (app: string) => existsSync(join(import.meta.dirname, '../../apps', app, 'dist', 'index.html'));

it.each(Object.entries(budgetsKib))(
  'the first route of the %s loads at most %i KiB of script',
  (app, budget) => {
    expect(built(app), 'run npm run build first').toBe(true);
    const sizes = sizesOf(app);
    const kib = (form: 'gzip' | 'brotli') => sizes.reduce((sum, script) => sum + script[form], 0) / 1024;
    expect(sizes.length).toBeGreaterThan(3);
    expect(kib('brotli')).toBeGreaterThan(40);
    expect(kib('brotli')).toBeLessThan(kib('gzip'));
    expect(kib('gzip')).toBeLessThanOrEqual(budget);
  },
);
