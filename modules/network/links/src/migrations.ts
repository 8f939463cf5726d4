import type { Migrations } from '@feiqian/db';
import init from '../migrations/0001_init.sql';
import texts from '../migrations/0002_texts.sql';

/** The schema `links`, forward only. */
export const linksMigrations: Migrations = {
  schema: 'links',
  scripts: [
    { name: '0001_init', sql: init },
    { name: '0002_texts', sql: texts },
  ],
};
