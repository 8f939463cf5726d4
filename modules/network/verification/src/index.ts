import type { Migrations } from '@feiqian/db';
import verification from '../migrations/0001_verification.sql';
import identity from '../migrations/0002_identity.sql';
import recovery from '../migrations/0003_recovery.sql';

export type { RelyingParty } from './passkeys.ts';
export type { Operation, Risk } from './policy.ts';
export { verificationRoutes } from './routes.ts';
export {
  createVerification,
  type Demand,
  type Verification,
  type VerificationDeps,
} from './verifications.ts';

export const verificationMigrations: Migrations = {
  schema: 'verification',
  scripts: [
    { name: '0001_verification', sql: verification },
    { name: '0002_identity', sql: identity },
    { name: '0003_recovery', sql: recovery },
  ],
};
