import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { budgetsKib, firstKib, sizesOf } from '../../scripts/size.mjs';

const built = (app: string) => existsSync(join(import.meta.dirname, '../../apps', app, 'dist', 'index.html'));

it.each(Object.entries(budgetsKib))(
  'the first route of the %s loads at most %i KiB of script',
  (app, budget) => {
    expect(built(app), 'run npm run build first').toBe(true);
    expect(sizesOf(app).length).toBeGreaterThan(3);
    expect(firstKib(app)).toBeGreaterThan(40);
    expect(firstKib(app)).toBeLessThanOrEqual(budget);
  },
);
