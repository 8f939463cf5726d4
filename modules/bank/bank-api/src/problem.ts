import {
  type BankLimit,
  type BankProblemCode,
  type BankProblemDetails,
  bankProblems,
} from '@feiqian/contract';

/** Thrown by a route when its answer is a problem; the code decides the status. */
export class BankProblem extends Error {
  override name = 'BankProblem';
  readonly code: BankProblemCode;
  /** The limit that refused, where the code is `limit_exceeded`. */
  readonly limit: BankLimit | undefined;

  constructor(code: BankProblemCode, limit?: BankLimit) {
    super(bankProblems[code].title);
    this.code = code;
    this.limit = limit;
  }
}

/** The problem document (RFC 9457) of a code. */
export function problemOf(
  code: BankProblemCode,
  requestId: string,
  detail?: string,
  errors?: { path: string; message: string }[],
  limit?: BankLimit,
): BankProblemDetails {
  return {
    type: `/docs/bank-errors.md#${code}`,
    title: bankProblems[code].title,
    status: bankProblems[code].status,
    code,
    request_id: requestId,
    ...(detail === undefined ? {} : { detail }),
    ...(errors === undefined ? {} : { errors }),
    ...(limit === undefined ? {} : { limit }),
  };
}
