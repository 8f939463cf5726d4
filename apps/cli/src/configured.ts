import { type Config, parseConfig } from '@feiqian/app-network';

/** The configuration of this process. Prints every problem at once and ends with 2 when there is one. */
export function configured(options: { fresh?: boolean } = {}): Config {
  const parsed = parseConfig(process.env, options);
  if (parsed.ok) return parsed.config;
  process.stderr.write('The configuration has problems:\n');
  for (const p of parsed.problems) process.stderr.write(`  ${p.name} ${p.message}\n`);
  process.exit(2);
}
