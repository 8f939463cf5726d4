import type { Migrations } from '@feiqian/db';
import vault from '../migrations/0001_vault.sql';

export type { CardData, CardKind, Token, TokenStatus } from './token.ts';
export { createTokens, type NewToken, type Tokens, type TokenWithCard } from './tokens.ts';
export type { Vault } from './vault.ts';

export const tokensMigrations: Migrations = {
  schema: 'tokens',
  scripts: [{ name: '0001_vault', sql: vault }],
};
