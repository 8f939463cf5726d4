import type { HttpApp } from '@feiqian/http';
import { auditRoutes } from './auditRoutes.ts';
import type { ConsoleDeps } from './deps.ts';
import { memberRoutes } from './memberRoutes.ts';
import { paymentRoutes } from './paymentRoutes.ts';
import { apiKeyRoutes, sessionRoutes } from './sessionRoutes.ts';
import { todayRoutes } from './todayRoutes.ts';

export { type Audits, createAudits } from './audits.ts';
export type { ConsoleDeps } from './deps.ts';
export { consoleMigrations } from './store.ts';

/** Every route of the console, merchants' aside. */
export function consoleRoutes(deps: ConsoleDeps) {
  return async (app: HttpApp): Promise<void> => {
    sessionRoutes(app, deps);
    apiKeyRoutes(app, deps);
    paymentRoutes(app, deps);
    memberRoutes(app, deps);
    todayRoutes(app, deps);
    auditRoutes(app, deps);
  };
}
