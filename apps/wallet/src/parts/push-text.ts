import { pushEn } from '../words/push-en.ts';
import { pushZh } from '../words/push-zh.ts';
import { useOwnWords } from './own-words.ts';

/** The words of push messages, which come with the screens that need them. */
export const usePushText = () => useOwnWords('push', pushZh, pushEn);
