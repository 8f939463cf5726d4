import type { CardOutcome, Cards } from '@feiqian/bank-cards';
import type { Clock } from '@feiqian/clock';
import {
  applyMac,
  decodeMessage,
  encodeMessage,
  frameMessage,
  isRequest,
  keyChangeData,
  type Message,
  type MessageProfile,
  messageClass,
  missingFields,
  NETWORK_MANAGEMENT,
  readKeyChangeData,
} from '@feiqian/iso8583';
import { type Cmac, createCmac } from '@feiqian/keys/node';
import { type AnswerContent, answerMessage, withWrongAmount } from './answer.ts';
import type { Authorisations } from './authorisations.ts';
import { readCommand } from './command.ts';
import type { MacKeys } from './mac-keys.ts';
import type { ResponseCode } from './responseCode.ts';
import { salvage } from './salvage.ts';

/** What the host tells about itself; a pino logger fits. */
export interface HostLogger {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export interface ConversationDeps {
  profile: MessageProfile;
  clock: Clock;
  cards: Cards;
  authorisations: Authorisations;
  /** Null when the profile has no message authentication. */
  keys: MacKeys | null;
  logger: HostLogger;
}

/** What to send for one frame. Several frames: a test card that answers twice. */
export interface Reply {
  frames: Uint8Array[];
  outcome: CardOutcome;
  /** The frame could not even be answered: the connection is of no use any more. */
  close: boolean;
}

/** One connection's talk, apart from the connection itself. */
export interface Conversation {
  /** Handles one frame without its length header. Takes any bytes and never rejects. */
  handle(frame: Uint8Array): Promise<Reply>;
  readonly signedOn: boolean;
}

const silence: Reply = { frames: [], outcome: 'approve', close: false };
const hangUp: Reply = { ...silence, close: true };
/** Signs the answers of the test card whose answers nobody can believe. */
const wrongKey = createCmac(new Uint8Array(16).fill(0xee));

/** Begins the talk on a new connection: nothing but network management until the network has signed on. */
export function createConversation(deps: ConversationDeps): Conversation {
  const { profile, clock, cards, authorisations, keys, logger } = deps;
  let signedOn = false;

  function encoded(message: Message, key: Cmac | null): Uint8Array {
    const bytes = key ? applyMac(profile, message, key) : encodeMessage(profile, message);
    return frameMessage(profile, bytes);
  }

  /** Answers are signed under the key of their request: whoever asked has it, also during a change of keys. */
  function reply(request: Message, content: AnswerContent, key = keys?.signing() ?? null): Reply {
    return { ...silence, frames: [encoded(answerMessage(request, content), key)] };
  }

  function answerUnreadable(frame: Uint8Array, error: Parameters<typeof salvage>[2]): Reply {
    const message = salvage(profile, frame, error);
    logger.warn({ error: error.code, field: error.field, offset: error.offset }, 'unreadable message');
    if (!message || !isRequest(message.mti)) return hangUp;
    return reply(message, { code: '30' });
  }

  async function networkManagement(message: Message, key: Cmac | null): Promise<Reply> {
    if (missingFields(message)?.length !== 0) return reply(message, { code: '30' }, key);
    switch (message.fields[70]) {
      case NETWORK_MANAGEMENT.signOn:
        signedOn = true;
        return reply(message, { code: '00' }, key);
      case NETWORK_MANAGEMENT.signOff:
        signedOn = false;
        return reply(message, { code: '00' }, key);
      case NETWORK_MANAGEMENT.echo:
        return reply(message, { code: '00' }, key);
      case NETWORK_MANAGEMENT.keyChange:
        return reply(message, await keyChange(message, keys), key);
      default:
        return reply(message, { code: '12' }, key);
    }
  }

  async function business(message: Message, key: Cmac | null): Promise<Reply> {
    if (!signedOn) return reply(message, { code: '91' }, key);
    const read = readCommand(message, cards.lookup, clock.now());
    if (!read.ok) {
      logger.warn(
        { mti: message.mti, code: read.refusal.code, reason: read.refusal.reason },
        'message refused',
      );
      return reply(message, { code: read.refusal.code }, key);
    }
    const answer = await authorisations.decide(read.command);
    const outcome = answer.outcome;
    const plain = answerMessage(message, answer);
    const told = outcome === 'wrong_amount' ? withWrongAmount(plain) : plain;
    const bytes = encoded(told, outcome === 'bad_mac' && key ? wrongKey : key);
    return { ...silence, frames: outcome === 'duplicate_answer' ? [bytes, bytes] : [bytes], outcome };
  }

  async function readable(message: Message, frame: Uint8Array): Promise<Reply> {
    if (!isRequest(message.mti)) return messageClass(message.mti) === null ? hangUp : silence;
    const key = keys ? await keys.authenticate(frame) : null;
    if (keys && key === null) {
      logger.warn({ mti: message.mti }, 'message authentication failed');
      return reply(message, { code: 'A0' });
    }
    const isNetwork = messageClass(message.mti) === 'network';
    return isNetwork ? networkManagement(message, key) : business(message, key);
  }

  return {
    get signedOn() {
      return signedOn;
    },
    async handle(frame) {
      const decoded = decodeMessage(profile, frame);
      try {
        if (!decoded.ok) return answerUnreadable(frame, decoded.error);
        return await readable(decoded.message, frame);
      } catch (error) {
        return decoded.ok ? failed(decoded.message, error) : hangUp;
      }
    },
  };

  /**
   * Nothing was done when there was no place to wait, so 96 is the truth. After any other failure the commit may
   * have taken place: the bank says nothing, and the network takes the payment back.
   */
  function failed(message: Message, error: unknown): Reply {
    if (error instanceof Error && error.name === 'PipelineFull') return reply(message, { code: '96' });
    logger.error({ err: error, mti: message.mti }, 'message failed; it is not answered');
    return silence;
  }
}

async function keyChange(message: Message, keys: MacKeys | null): Promise<AnswerContent> {
  if (!keys) return { code: '12' };
  const data = message.fields[48];
  if (data === undefined) return { code: '00', keyData: keyChangeData(await keys.make()) };
  const change = typeof data === 'string' ? readKeyChangeData(data) : null;
  if (!change) return { code: '30' };
  const refused: ResponseCode = 'A0';
  return { code: (await keys.take(change)) ? '00' : refused };
}
