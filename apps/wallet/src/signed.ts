import type { NonceList, Verification } from '@feiqian/contract';
import { signatureHeaders } from '@feiqian/keys';
import { ApiError } from '@feiqian/ui';
import { ask } from './asking.ts';
import { api, nonces } from './client.ts';
import { signatureOf } from './device-key.ts';
import { kept } from './keep.ts';
import { dropSession } from './session.ts';

export interface SignedOptions {
  /** Same key and body: same answer. */
  idempotencyKey?: string;
  timeoutMs?: number;
}

async function freshNonce(): Promise<string> {
  const held = nonces.pop();
  if (held !== undefined) return held;
  const { data } = await api.get<NonceList>('/v1/wallet/nonces');
  nonces.push(...data.slice(1));
  return data[0] as string;
}

async function send<T>(
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  body: unknown,
  options: SignedOptions & { verification?: string },
  again = true,
): Promise<T> {
  const keys = await kept('deviceKey');
  if (!keys) {
    // A session from before devices had keys, or storage was cleared under it: sign in anew.
    await dropSession();
    throw new ApiError(403, { code: 'signature_required' });
  }
  const idempotencyKey = options.idempotencyKey ?? crypto.randomUUID();
  const nonce = await freshNonce();
  const text = body === undefined ? '' : JSON.stringify(body);
  const signature = await signatureOf(keys.request, { method, path, body: text, idempotencyKey, nonce });
  const asked = {
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
    idempotencyKey,
    headers: {
      [signatureHeaders.nonce]: nonce,
      [signatureHeaders.signature]: signature,
      ...(options.verification === undefined ? {} : { verification: options.verification }),
    },
  };
  try {
    if (method === 'DELETE') return await api.delete<T>(path, asked);
    return await api[method === 'POST' ? 'post' : 'put']<T>(path, body, asked);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.code === 'verification_required' && options.verification === undefined) {
      const asked = error.problem.verification as Verification;
      if (!(await ask(asked))) throw error;
      return send(method, path, body, { ...options, idempotencyKey, verification: asked.id });
    }
    // The phone slept over its nonces: the answer brought a new one.
    if (!again || error.code !== 'nonce_stale') throw error;
    nonces.splice(0, nonces.length - 1);
    return send(method, path, body, { ...options, idempotencyKey }, false);
  }
}

/** Writes that this device signs: what moves money, cards or settings. */
export const signed = {
  post: <T>(path: string, body: unknown = {}, options: SignedOptions = {}) =>
    send<T>('POST', path, body, options),
  put: <T>(path: string, body: unknown = {}, options: SignedOptions = {}) =>
    send<T>('PUT', path, body, options),
  delete: <T>(path: string, options: SignedOptions = {}) => send<T>('DELETE', path, undefined, options),
};
