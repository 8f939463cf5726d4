import type { Language } from '@feiqian/ui';

/** True where the browser can speak at all; a voice may still be missing. */
export function canSpeak(): boolean {
  return typeof speechSynthesis !== 'undefined' && typeof SpeechSynthesisUtterance !== 'undefined';
}

/** Says a sentence, cutting off the one before: the newest result is the one at the counter. */
export function speak(sentence: string, language: Language): void {
  if (!canSpeak()) return;
  const words = new SpeechSynthesisUtterance(sentence);
  words.lang = language === 'zh-CN' ? 'zh-CN' : 'en-US';
  words.rate = 1.05;
  const voice = speechSynthesis.getVoices().find((one) => one.lang.replace('_', '-').startsWith(words.lang));
  if (voice) words.voice = voice;
  speechSynthesis.cancel();
  speechSynthesis.speak(words);
}
