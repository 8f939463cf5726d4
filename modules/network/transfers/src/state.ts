import type { TransferState } from '@feiqian/contract';

/** What each state may become (docs/states.md). */
export const transitions: Readonly<Record<TransferState, readonly TransferState[]>> = {
  scheduled: ['debiting', 'declined', 'cancelled'],
  debiting: ['crediting', 'declined', 'unknown'],
  crediting: ['completed', 'confirming', 'returning'],
  confirming: ['completed', 'returning'],
  unknown: ['returned'],
  returning: ['returned'],
  completed: [],
  declined: [],
  returned: [],
  cancelled: [],
};

export const mayBecome = (from: TransferState, to: TransferState): boolean => transitions[from].includes(to);
