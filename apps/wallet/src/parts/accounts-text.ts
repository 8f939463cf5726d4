import { accountsEn } from '../words/accounts-en.ts';
import { accountsZh } from '../words/accounts-zh.ts';
import { useOwnWords } from './own-words.ts';

/** The words of accounts and notices, which come with the screens that need them. */
export const useAccountsText = () => useOwnWords('accounts', accountsZh, accountsEn);
