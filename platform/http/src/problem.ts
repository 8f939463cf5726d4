import { type ErrorCode, errorCodes, type Problem } from '@feiqian/contract';

/** Thrown or returned by routes when the answer is a problem (RFC 9457). The code decides the status. */
export class ProblemError extends Error {
  override name = 'ProblemError';
  readonly code: ErrorCode;
  readonly detail: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  /** Further members of the problem document (RFC 9457, section 3.2). */
  readonly members: Record<string, unknown> | undefined;

  constructor(
    code: ErrorCode,
    detail?: string,
    options: { retryAfterSeconds?: number; members?: Record<string, unknown> } = {},
  ) {
    super(detail ?? errorCodes[code].title);
    this.code = code;
    this.detail = detail;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.members = options.members;
  }
}

/** The problem document of a code. */
export function problemOf(
  code: ErrorCode,
  requestId: string,
  detail?: string,
  errors?: { path: string; message: string }[],
): Problem {
  const known = errorCodes[code];
  return {
    type: `/docs/errors#${code}`,
    title: known.title,
    status: known.status,
    code,
    request_id: requestId,
    ...(detail === undefined ? {} : { detail }),
    ...(errors === undefined ? {} : { errors }),
  };
}
