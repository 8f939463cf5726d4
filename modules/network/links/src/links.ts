import type { IssuerAnswer, IssuerRequest } from './request.ts';

/** Sends requests to banks. */
export interface Links {
  /**
   * Sends one request to a member's bank and waits for its answer, at the most the member's wait (9 s unless
   * set otherwise). Never throws for anything a bank or a network does.
   */
  send(memberId: string, request: IssuerRequest): Promise<IssuerAnswer>;
}
