import type { Migrations } from '@feiqian/db';
import notices from '../migrations/0001_notices.sql';

export { accountIdOf, type StoredNotice } from './notice.ts';
export { createNotices, type Notices, type NoticesDeps } from './notices.ts';
export { noticeRoutes } from './routes.ts';

export const noticesMigrations: Migrations = {
  schema: 'notices',
  scripts: [{ name: '0001_notices', sql: notices }],
};
