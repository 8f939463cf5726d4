import { spendingEn } from '../words/spending-en.ts';
import { spendingZh } from '../words/spending-zh.ts';
import { useOwnWords } from './own-words.ts';

/** The words of spending, which come with the screens that need them. */
export const useSpendingText = () => useOwnWords('spending', spendingZh, spendingEn);
