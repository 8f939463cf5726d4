import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A folder for stamps and intermediate files; a reinstall empties it. */
export function cacheFolder() {
  const folder = join(root, 'node_modules', '.cache', 'feiqian');
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Progress goes to standard error: standard output belongs to the command (`feiqian decode … | jq`). */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** `4.2 s` since `startMs`, a reading of `performance.now()`. */
export function seconds(startMs) {
  return `${((performance.now() - startMs) / 1000).toFixed(1)} s`;
}

/** Ends the command with one clear sentence instead of a stack trace. */
export function giveUp(sentence) {
  say(sentence);
  process.exit(1);
}
