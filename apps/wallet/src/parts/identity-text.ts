import { identityEn } from '../words/identity-en.ts';
import { identityZh } from '../words/identity-zh.ts';
import { useOwnWords } from './own-words.ts';

/** The words of identity and lost phones, which come with the screens that need them. */
export const useIdentityText = () => useOwnWords('identity', identityZh, identityEn);
