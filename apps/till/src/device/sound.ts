import { type Tune, tunes } from '../model/announce.ts';

let context: AudioContext | null = null;

/** Browsers stay mute until a person has touched the page: call on the first touch or key. */
export function unlockSound(): void {
  if (typeof AudioContext === 'undefined') return;
  context ??= new AudioContext();
  if (context.state === 'suspended') void context.resume();
}

/** Plays a tune; silent where sound is not to be had. */
export function playTune(name: Tune): void {
  const audio = context;
  if (audio === null || audio.state !== 'running') return;
  const start = audio.currentTime + 0.02;
  for (const note of tunes[name]) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    const from = start + note.startMs / 1000;
    const to = from + note.lengthMs / 1000;
    tone.type = 'triangle';
    tone.frequency.value = note.hertz;
    // A short rise and a long fall: a bell, not a beep, and no click at either end.
    volume.gain.setValueAtTime(0.0001, from);
    volume.gain.exponentialRampToValueAtTime(0.4, from + 0.015);
    volume.gain.exponentialRampToValueAtTime(0.0001, to);
    tone.connect(volume).connect(audio.destination);
    tone.start(from);
    tone.stop(to + 0.02);
  }
}
