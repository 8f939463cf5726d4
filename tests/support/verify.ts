import { randomUUID } from 'node:crypto';
import type { Verification } from '@feiqian/contract';
import { verificationHeader } from '@feiqian/contract';
import { type Answer, type Caller, done } from './caller.ts';
import type { TestNetwork } from './network.ts';

/** A PIN that nobody else in the tests has. */
export const testPin = '135790';

/** What a refused request has to be verified with; throws when it was not refused for that. */
export function askedOf(answer: Answer): Verification {
  const { code, verification } = answer.body as { code?: string; verification?: Verification };
  if (code !== 'verification_required' || verification === undefined)
    throw new Error(`answered ${answer.status}: ${answer.text}`);
  return verification;
}

const path = (v: Verification, what: string) => `/v1/wallet/verifications/${v.id}/${what}`;

/** Verifies with the one-time code of the sandbox. */
export async function withCode(net: TestNetwork, caller: Caller, v: Verification): Promise<Verification> {
  await done(caller.post(path(v, 'code-requests')));
  return done(caller.post<Verification>(path(v, 'code'), { code: net.guide.code }));
}

/** Verifies with a PIN. */
export const withPin = (caller: Caller, v: Verification, pin = testPin): Promise<Answer<Verification>> =>
  caller.post<Verification>(path(v, 'pin'), { pin });

/** Sends a write and does what the refusal asks for; gives what sends it again. */
export async function prepared<T>(
  caller: Caller,
  method: string,
  to: string,
  body: unknown,
  satisfy: (v: Verification) => Promise<unknown>,
): Promise<() => Promise<Answer<T>>> {
  const key = randomUUID();
  const v = askedOf(await caller.send(method, to, { body, key }));
  await satisfy(v);
  return () => caller.send<T>(method, to, { body, key, headers: { [verificationHeader]: v.id } });
}

/** Sends a write, does what the refusal asks for, and sends it again. */
export async function verified<T>(...write: Parameters<typeof prepared>): Promise<Answer<T>> {
  return (await prepared<T>(...write))();
}

/** Verifies with PIN and code, as a large amount is asked for. */
export async function withPinAndCode(net: TestNetwork, caller: Caller, v: Verification): Promise<void> {
  await done(withPin(caller, v));
  await withCode(net, caller, v);
}

/** Gives a person a PIN, by a one-time code. */
export async function setPin(net: TestNetwork, caller: Caller, pin = testPin): Promise<void> {
  await done(verified(caller, 'PUT', '/v1/wallet/pin', { pin }, (v) => withCode(net, caller, v)));
}
