import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { firstKb, firstScripts, limitsKb } from '../../scripts/size.mjs';

const built = (app: string) => existsSync(join(import.meta.dirname, '../../apps', app, 'dist', 'index.html'));

it.each(Object.entries(limitsKb))('the first route of the %s loads at most %i KB of script', (app, limit) => {
  expect(built(app), 'run npm run build first').toBe(true);
  expect(firstScripts(app).length).toBeGreaterThan(3);
  expect(firstKb(app)).toBeGreaterThan(40);
  expect(firstKb(app)).toBeLessThanOrEqual(limit);
});
