import { requestsEn } from '../words/requests-en.ts';
import { requestsZh } from '../words/requests-zh.ts';
import { useOwnWords } from './own-words.ts';

/** The words of requests, which come with the screens that need them. */
export const useRequestsText = () => useOwnWords('requests', requestsZh, requestsEn);
