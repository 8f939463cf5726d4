import type { HttpApp } from '@feiqian/http';
import type { ConsoleDeps } from './deps.ts';
import { memberRoutes } from './memberRoutes.ts';
import { paymentRoutes } from './paymentRoutes.ts';
import { apiKeyRoutes, sessionRoutes } from './sessionRoutes.ts';
import { todayRoutes } from './todayRoutes.ts';

export type { ConsoleDeps } from './deps.ts';

/** Every route of the console, merchants' aside. */
export function consoleRoutes(deps: ConsoleDeps) {
  return async (app: HttpApp): Promise<void> => {
    sessionRoutes(app, deps);
    apiKeyRoutes(app, deps);
    paymentRoutes(app, deps);
    memberRoutes(app, deps);
    todayRoutes(app, deps);
  };
}
