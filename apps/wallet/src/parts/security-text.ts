import { securityEn } from '../words/security-en.ts';
import { securityZh } from '../words/security-zh.ts';
import { useOwnWords } from './own-words.ts';

/** The words of verifying and security, which come with the screens that need them. */
export const useSecurityText = () => useOwnWords('security', securityZh, securityEn);
