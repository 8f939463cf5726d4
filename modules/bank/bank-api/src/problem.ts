import { type BankProblemCode, bankProblemCodes, type Problem } from '@feiqian/contract';

const titles: Record<BankProblemCode, string> = {
  invalid_request: 'The request is not of the documented form. Nothing was changed.',
  unauthorised: 'Send the network’s key as a bearer token.',
  consent_required: 'There is no consent that covers this. Ask the customer.',
  customer_unknown: 'The bank has no customer with that mobile number and name.',
  card_unknown: 'The customer has no such card.',
  not_found: 'There is no such thing here.',
  card_not_active: 'The card is lost, stolen or expired.',
  unsupported_media_type: 'Send JSON with Content-Type: application/json.',
  body_too_large: 'The request is too large. Nothing was changed.',
  method_not_allowed: 'This address does not take that method.',
  internal: 'Something broke at the bank. It has been recorded.',
};

/** Thrown by a route when its answer is a problem; the code decides the status. */
export class BankProblem extends Error {
  override name = 'BankProblem';
  readonly code: BankProblemCode;

  constructor(code: BankProblemCode) {
    super(titles[code]);
    this.code = code;
  }
}

/** The problem document (RFC 9457) of a code. */
export function problemOf(
  code: BankProblemCode,
  requestId: string,
  detail?: string,
  errors?: { path: string; message: string }[],
): Problem {
  return {
    type: `/docs/bank-api#${code}`,
    title: titles[code],
    status: bankProblemCodes[code],
    code,
    request_id: requestId,
    ...(detail === undefined ? {} : { detail }),
    ...(errors === undefined ? {} : { errors }),
  };
}
