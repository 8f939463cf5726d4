import type { Migrations } from '@feiqian/db';
import notices from '../migrations/0001_notices.sql';
import pushes from '../migrations/0002_pushes.sql';

export { accountIdOf, type StoredNotice } from './notice.ts';
export { createNotices, type Notices, type NoticesDeps } from './notices.ts';
export { createPushes, type Pushes, type PushesDeps } from './pushes.ts';
export { createPushHttp, type PushRequest, pushServiceMsMax, type SendPush } from './pushHttp.ts';
export { pushRoutes } from './pushRoutes.ts';
export { noticeRoutes } from './routes.ts';

export const noticesMigrations: Migrations = {
  schema: 'notices',
  scripts: [
    { name: '0001_notices', sql: notices },
    { name: '0002_pushes', sql: pushes },
  ],
};
