import type { Migrations } from '@feiqian/db';
import init from '../migrations/0001_init.sql';

/** The schema `members`, forward only. */
export const membersMigrations: Migrations = {
  schema: 'members',
  scripts: [{ name: '0001_init', sql: init }],
};
