import { createSampler, sampleDefault } from '@feiqian/app-auditor';
import { createAudits } from '@feiqian/console';
import type { ComposeDeps } from './compose.ts';

/** The continuous audit: the auditor's own statements, and a place for what they find. */
export function composeAudits({
  config,
  db,
  clock,
  logger,
}: Pick<ComposeDeps, 'config' | 'db' | 'clock' | 'logger'>) {
  const sampler = createSampler(db, sampleDefault, clock.now);
  return createAudits({
    db,
    clock,
    look: () => sampler.look(),
    everyMs: config.auditSeconds * 1000,
    onFinding: ({ of, name, findings, examples }) =>
      logger.error({ of, check: name, findings, examples }, 'the audit found something'),
  });
}
