import { transfersEn } from '../words/transfers-en.ts';
import { transfersZh } from '../words/transfers-zh.ts';
import { useOwnWords } from './own-words.ts';

/** The words of transfers, which come with the screens that need them. */
export const useTransfersText = () => useOwnWords('transfers', transfersZh, transfersEn);
