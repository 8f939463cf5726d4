import type { LimitState } from '@feiqian/bank-classes';
import {
  ACCOUNT_TYPE,
  type AdditionalAmount,
  additionalAmounts,
  LIMIT_MARKS,
  type LimitMark,
  limitNotice,
  type Message,
  messageClass,
  responseMti,
} from '@feiqian/iso8583';
import type { ResponseCode } from './responseCode.ts';

/** What an answer repeats of its request, where the request has it (ISO 8583:1987 section 4, response messages). */
const echoed = [2, 3, 4, 7, 11, 12, 13, 32, 33, 37, 41, 42, 49, 90] as const;
const echoedByNetwork = [7, 11, 32, 33, 41, 70] as const;

/** What an answer says of its own. */
export interface AnswerContent {
  code: ResponseCode;
  authorisationCode?: string | null;
  /** Fields 44 and 54, for a refusal by a limit. */
  limit?: LimitState | null;
  /** Field 48, for a key change. */
  keyData?: string;
}

/**
 * The answer to a request: the fields that answers repeat, and the response code.
 * @throws RangeError for a message that asks for no answer
 */
export function answerMessage(request: Message, content: AnswerContent): Message {
  const mti = responseMti(request.mti);
  if (mti === null) throw new RangeError(`message ${request.mti} asks for no answer`);
  const fields: Message['fields'] = {};
  for (const field of messageClass(request.mti) === 'network' ? echoedByNetwork : echoed) {
    const value = request.fields[field];
    if (value !== undefined) fields[field] = value;
  }
  if (content.authorisationCode) fields[38] = content.authorisationCode;
  fields[39] = content.code;
  if (content.limit) addLimit(fields, content.limit);
  if (content.keyData !== undefined) fields[48] = content.keyData;
  return request.header ? { mti, fields, header: request.header } : { mti, fields };
}

/** Which limit and until when in field 44, how much of it there is in field 54 (docs/iso8583.md). */
function addLimit(fields: Message['fields'], limit: LimitState): void {
  if (!Object.hasOwn(LIMIT_MARKS, limit.code)) return;
  fields[44] = limitNotice({ limit: limit.code as LimitMark, untilMs: limit.untilMs });
  const currency = String(fields[49] ?? '');
  const amounts: AdditionalAmount[] =
    limit.code === 'owed'
      ? [{ accountType: ACCOUNT_TYPE.credit, type: 'owing', currency, amount: -limit.max }]
      : [
          { accountType: ACCOUNT_TYPE.default, type: 'limit', currency, amount: limit.max },
          { accountType: ACCOUNT_TYPE.default, type: 'remaining', currency, amount: limit.left },
        ];
  fields[54] = additionalAmounts(amounts);
}

/** The answer as a broken bank would give it: about one unit more, or less where there is no more. */
export function withWrongAmount(answer: Message): Message {
  const amount = BigInt(String(answer.fields[4] ?? '0'));
  const wrong = amount === 999_999_999_999n ? amount - 1n : amount + 1n;
  return { ...answer, fields: { ...answer.fields, 4: wrong.toString().padStart(12, '0') } };
}
