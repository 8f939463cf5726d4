export { type NewNotice, pauseMs, pauseMsMax, type Subject } from './notice.ts';
export {
  createNotices,
  type Delivery,
  leaseMs,
  type NoticePort,
  type Notices,
  type NoticesDeps,
  noticesMigrations,
  type Turn,
} from './notices.ts';
