import { applyMac, frameMessage, type MessageProfile } from '@feiqian/iso8583';
import type { Fate, Fault, Frame } from '../support/line.ts';

/*
 * What a line between the network and a bank can do to messages, and what must become of a purchase whose messages go
 * over it. tests/lines/link.line.ts runs each alone and mixtures of all.
 */

/** What a fault needs to know of the line. */
export interface Surroundings {
  /** How long the network waits for an answer, in ms. */
  waitMs: number;
  profile: MessageProfile;
  /** The key of message authentication that both sides share. */
  macKey: Buffer;
  /** From 0 to below 1. */
  chance: () => number;
}

export type End = 'captured' | 'reversed' | 'declined';

export interface LineFault {
  name: string;
  /** How purchases may end whose messages meet it; the first is seen. */
  ends: readonly End[];
  of(surroundings: Surroundings): Fault;
  /** It takes the whole line with it, so that other messages on it are not spared. */
  whole?: true;
  /** Once all purchases are under way the line's connections end in this way. */
  afterwards?: 'strand' | 'reset' | 'end';
}

type Of = (frame: Frame, surroundings: Surroundings) => ReturnType<Fault>;

/** Sign-on and echo are let through: a fault has nothing to prove with them that it has not with payments. */
const isBusiness = ({ message }: Frame) => message !== null && !message.mti.startsWith('08');
const ofAnswers =
  (of: Of): LineFault['of'] =>
  (s) =>
  (frame) =>
    frame.to === 'network' && isBusiness(frame) ? of(frame, s) : null;
const ofRequests =
  (of: Of): LineFault['of'] =>
  (s) =>
  (frame) =>
    frame.to === 'bank' && isBusiness(frame) ? of(frame, s) : null;
const ofBoth =
  (of: Of): LineFault['of'] =>
  (s) =>
  (frame) =>
    isBusiness(frame) ? of(frame, s) : null;

const whole = ({ bytes }: Frame): Fate => ({ pieces: [bytes] });
const nothing: Fate = { pieces: [] };
const bytewise = (bytes: Buffer) => Array.from(bytes, (b) => Uint8Array.of(b));
const half = (bytes: Buffer) => bytes.subarray(0, Math.floor(bytes.length / 2));
const headerBytes = 2;
const zero = 0x30;

/** The last byte is one of the message authentication code; the form stays right. */
function spoilt({ bytes }: Frame): Fate {
  const copy = Buffer.from(bytes);
  const last = copy.length - 1;
  copy[last] = copy[last] === zero ? zero + 1 : zero;
  return { pieces: [copy] };
}

/** As long as it was and announced as such, so that what follows can be read again. */
function noise({ bytes }: Frame, { chance }: Surroundings): Fate {
  const copy = Buffer.from(bytes);
  for (let i = headerBytes; i < copy.length; i++) copy[i] = Math.floor(chance() * 256);
  return { pieces: [copy] };
}

/** The answer with another amount, under a right code. */
function ofAnotherAmount(frame: Frame, { profile, macKey }: Surroundings): Fate {
  const { message } = frame;
  if (message?.mti !== '0210') return whole(frame);
  const amount = String(Number(message.fields[4]) + 1).padStart(12, '0');
  const other = { ...message, fields: { ...message.fields, 4: amount } };
  return { pieces: [frameMessage(profile, applyMac(profile, other, macKey))] };
}

const togetherCount = 3;
const togetherMsMax = 150;

/** Keeps frames back until some are there, or a while has passed, and gives each its fate. */
function gathered(fates: (frames: readonly Frame[]) => readonly Fate[]): (frame: Frame) => Promise<Fate> {
  let kept: { frame: Frame; pass: (fate: Fate) => void }[] = [];
  let timer: NodeJS.Timeout | undefined;
  const passAll = () => {
    clearTimeout(timer);
    timer = undefined;
    const all = kept;
    kept = [];
    const decided = fates(all.map((k) => k.frame));
    for (const [i, { pass }] of all.entries()) pass(decided[i] as Fate);
  };
  return (frame) =>
    new Promise((pass) => {
      kept.push({ frame, pass });
      timer ??= setTimeout(passAll, togetherMsMax);
      if (kept.length >= togetherCount) passAll();
    });
}

const backwards = () => gathered((frames) => [...frames].reverse().map(whole));

/** The bytes of all in two pieces, cut where no message ends. */
const runTogether = () =>
  gathered((frames) => {
    const bytes = Buffer.concat(frames.map((f) => f.bytes));
    const cut = Math.floor(bytes.length / 3);
    const all: Fate = { pieces: [bytes.subarray(0, cut), bytes.subarray(cut)] };
    return frames.map((_, i) => (i === 0 ? all : nothing));
  });

/** Each direction keeps its own. */
function eachWay(make: () => (frame: Frame) => Promise<Fate>): LineFault['of'] {
  return (s) => {
    const ways = { bank: make(), network: make() };
    return ofBoth((frame) => ways[frame.to](frame))(s);
  };
}

const paid = ['captured'] as const;
const undone = ['reversed'] as const;
/** What finds the line down is refused before anything is sent. */
const undoneOrRefused = ['reversed', 'declined'] as const;

export const lineFaults: readonly LineFault[] = [
  {
    name: 'delays messages, within the wait',
    ends: paid,
    of: ofBoth((frame, s) => ({ ...whole(frame), afterMs: s.waitMs / 5 })),
  },
  {
    name: 'delays answers beyond the wait',
    ends: undone,
    of: ofAnswers((frame, s) => ({ ...whole(frame), afterMs: s.waitMs * 1.5 })),
  },
  {
    name: 'delays requests so that their reversals overtake them',
    ends: undone,
    of: ofRequests((frame, s) =>
      frame.message?.mti === '0200' ? { ...whole(frame), afterMs: s.waitMs * 1.7 } : null,
    ),
  },
  { name: 'says every answer twice', ends: paid, of: ofAnswers(({ bytes }) => ({ pieces: [bytes, bytes] })) },
  {
    name: 'says every request twice',
    ends: paid,
    of: ofRequests(({ bytes }) => ({ pieces: [bytes, bytes] })),
  },
  { name: 'swallows answers', ends: undone, of: ofAnswers(() => nothing) },
  { name: 'swallows requests', ends: undone, of: ofRequests(() => nothing) },
  { name: 'spoils the code of answers', ends: undone, of: ofAnswers(spoilt) },
  // The bank refuses what reached it, which says nothing of another copy of the message that may be on its way.
  { name: 'spoils the code of requests', ends: undone, of: ofRequests(spoilt) },
  { name: 'turns answers into noise', ends: undone, of: ofAnswers(noise) },
  { name: 'tells of another amount, under a right code', ends: undone, of: ofAnswers(ofAnotherAmount) },
  {
    name: 'drips byte by byte',
    ends: paid,
    whole: true,
    of: ofBoth(({ bytes }) => ({ pieces: bytewise(bytes) })),
  },
  { name: 'changes the order of messages', ends: paid, whole: true, of: eachWay(backwards) },
  { name: 'cuts where no message ends', ends: paid, whole: true, of: eachWay(runTogether) },
  {
    name: 'loses the second half of answers',
    ends: undoneOrRefused,
    whole: true,
    of: ofAnswers(({ bytes }) => ({ pieces: [half(bytes)] })),
  },
  {
    name: 'loses the second half of requests',
    ends: undoneOrRefused,
    whole: true,
    of: ofRequests(({ bytes }) => ({ pieces: [half(bytes)] })),
  },
  {
    name: 'ends in the middle of an answer',
    ends: undoneOrRefused,
    whole: true,
    of: ofAnswers(({ bytes }) => ({ pieces: [half(bytes)], ending: 'end' })),
  },
  {
    name: 'is reset in the middle of a request',
    ends: undoneOrRefused,
    whole: true,
    of: ofRequests(({ bytes }) => ({ pieces: [half(bytes)], ending: 'reset' })),
  },
  {
    name: 'is reset before an answer',
    ends: undoneOrRefused,
    whole: true,
    of: ofAnswers(() => ({ pieces: [], ending: 'reset' })),
  },
  {
    name: 'sends zeros',
    ends: undoneOrRefused,
    whole: true,
    of: ofAnswers(({ bytes }) => ({ pieces: [Buffer.alloc(bytes.length)] })),
  },
  {
    name: 'announces more than anybody sends',
    ends: undoneOrRefused,
    whole: true,
    of: ofAnswers(() => ({ pieces: [Buffer.alloc(64, 0xff)] })),
  },
  { name: 'is half-open', ends: undone, whole: true, of: ofAnswers(() => nothing), afterwards: 'strand' },
];
