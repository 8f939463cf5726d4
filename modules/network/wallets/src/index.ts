import type { Migrations } from '@feiqian/db';
import wallets from '../migrations/0001_wallets.sql';
import deviceKey from '../migrations/0002_device_key.sql';
import freeLimit from '../migrations/0003_free_limit.sql';
import identity from '../migrations/0004_identity.sql';
import leaving from '../migrations/0005_leaving.sql';
import admission from '../migrations/0006_admission.sql';

export type { BankFace, BankPort } from './bank.ts';
export { type BoundCard, cardsMax, maskMobile } from './card.ts';
export { deviceRoutes } from './deviceRoutes.ts';
export { identityRoutes } from './identityRoutes.ts';
export type { Trace } from './leaving.ts';
export { leavingRoutes } from './leavingRoutes.ts';
export type { PayCodeOutcome, VerifiedCode } from './payCodes.ts';
export { walletRoutes } from './routes.ts';
export { createWallets, type Wallets, type WalletsDeps } from './wallets.ts';

export const walletsMigrations: Migrations = {
  schema: 'wallets',
  scripts: [
    { name: '0001_wallets', sql: wallets },
    { name: '0002_device_key', sql: deviceKey },
    { name: '0003_free_limit', sql: freeLimit },
    { name: '0004_identity', sql: identity },
    { name: '0005_leaving', sql: leaving },
    { name: '0006_admission', sql: admission },
  ],
};
