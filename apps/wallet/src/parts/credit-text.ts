import { creditEn } from '../words/credit-en.ts';
import { creditZh } from '../words/credit-zh.ts';
import { useOwnWords } from './own-words.ts';

/** The words of credit cards and of opening accounts, which come with the screens that need them. */
export const useCreditText = () => useOwnWords('credit', creditZh, creditEn);
