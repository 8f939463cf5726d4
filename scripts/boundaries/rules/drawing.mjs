import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawingIn, drawMap } from '../draw.mjs';

/** The drawing in ARCHITECTURE.md is the one the map gives. */
export const drawing = {
  name: 'drawing',
  *check({ root, map }) {
    const path = join(root, 'ARCHITECTURE.md');
    if (!existsSync(path)) return;
    const drawn = drawingIn(readFileSync(path, 'utf8'));
    if (drawn === undefined)
      yield { path: 'ARCHITECTURE.md', says: 'has no place for the drawing of the map' };
    else if (drawn.trim() !== drawMap(map).trim()) {
      yield { path: 'ARCHITECTURE.md', says: 'shows another map than module-map.json; run npm run draw' };
    }
  },
};
