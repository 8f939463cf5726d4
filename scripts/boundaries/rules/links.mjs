import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A relative link or picture in a document leads to a file that is there. */
export const deadLink = {
  name: 'dead-link',
  *check({ root, paths }) {
    for (const path of paths) {
      if (!path.endsWith('.md')) continue;
      const text = readFileSync(join(root, path), 'utf8').replace(/```[\s\S]*?```|`[^`\n]*`/g, (code) =>
        code.replace(/[^\n]/g, ' '),
      );
      for (const match of text.matchAll(/\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"/g)) {
        const address = (match[1] ?? match[2]).replace(/[#?].*$/, '');
        if (address === '' || /^[a-z]+:/i.test(address) || address.startsWith('/')) continue;
        const target = join(root, dirname(path), decodeURIComponent(address));
        if (existsSync(target) && (statSync(target).isFile() || address.endsWith('/'))) continue;
        yield { path, line: text.slice(0, match.index).split('\n').length, says: `${address} is not there` };
      }
    }
  },
};
