import { instant } from '@feiqian/clock';
import type { BankNotice, BankNoticeData, BankNoticeType } from '@feiqian/contract';
import { fromUuid } from '@feiqian/ids';

/** What a notice is about: an account or an application, by its UUID. */
export interface Subject {
  id: string;
  prefix: 'acc' | 'app';
}

/** A change to be told. */
export type NewNotice = {
  [T in BankNoticeType]: { subject: Subject; type: T; data: BankNoticeData<T>; atMs: number };
}[BankNoticeType];

/** A change as it is stored; `sequence` is null until the relay has numbered it. */
export interface StoredNotice {
  position: bigint;
  id: string;
  subject: Subject;
  sequence: bigint | null;
  type: BankNoticeType;
  data: unknown;
  atMs: number;
}

/** A numbered notice as the contract has it. */
export function noticeAnswer(notice: StoredNotice): BankNotice {
  if (notice.sequence === null) throw new Error(`notice ${notice.id} has no number yet`);
  return {
    id: fromUuid(notice.id, 'ntc'),
    subject: fromUuid(notice.subject.id, notice.subject.prefix),
    sequence: Number(notice.sequence),
    type: notice.type,
    at: instant(notice.atMs),
    data: notice.data,
  } as BankNotice;
}

const firstPauseMs = 500;
/** Longest pause between two tries to deliver, in ms. */
export const pauseMsMax = 60_000;

/** The pause after so many failures in a row, in ms: doubles from half a second to a minute. */
export function pauseMs(failures: number): number {
  return Math.min(pauseMsMax, firstPauseMs * 2 ** Math.min(failures - 1, 20));
}
