import type { Migrations } from '@feiqian/db';
import init from '../migrations/0001_init.sql';
import noticeSecret from '../migrations/0002_notice_secret.sql';

/** The schema `members`, forward only. */
export const membersMigrations: Migrations = {
  schema: 'members',
  scripts: [
    { name: '0001_init', sql: init },
    { name: '0002_notice_secret', sql: noticeSecret },
  ],
};
