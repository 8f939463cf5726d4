/**
 * The message type that answers this one, by ISO 8583:1987 section 4.1.1: a request (0) is answered by a response
 * (1), an advice (2) by an advice response (3); a repeat (last digit 1) is answered like its original. The text
 * itself when it is no message type.
 */
export function answerMti(mti: string): string {
  if (!/^\d{4}$/.test(mti)) return mti;
  const kind = Number(mti[2]);
  return kind % 2 === 0 ? `${mti.slice(0, 2)}${kind + 1}0` : mti;
}

/** True when the bank's answer says that it did what was asked. */
export function isApproval(responseCode: string | null): boolean {
  return responseCode === '00';
}
