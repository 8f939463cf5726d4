import type { ErrorCode } from '@feiqian/contract';
import { ProblemError } from '@feiqian/http';

/** Why a transfer cannot begin, whoever asks: the codes of `begin`. */
export const beginProblems = [
  'card_unknown',
  'card_not_usable',
  'payee_unknown',
  'payee_not_permitted',
  'payee_is_payer',
  'transfer_repeated',
] as const satisfies readonly ErrorCode[];

/** A refusal as its problem. */
export function refusal(code: ErrorCode): ProblemError {
  return new ProblemError(code);
}
