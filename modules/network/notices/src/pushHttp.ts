import { type LookupAddress, lookup } from 'node:dns';
import { request as httpRequest } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { isLoopbackAddress, isPublicAddress } from '@feiqian/http';
import { type PushAnswer, retryAfterMs } from './push.ts';

/** How long a push service may take for one message, in ms, from the look-up of its name to its answer. */
export const pushServiceMsMax = 5_000;
const socketsMax = 64;

/** One request to a push service. */
export interface PushRequest {
  url: URL;
  headers: Readonly<Record<string, string>>;
  body: Uint8Array;
}

/** Sends a request; never rejects, and ends within {@link pushServiceMsMax}. */
export type SendPush = (request: PushRequest) => Promise<PushAnswer>;

/** A look-up that fails for a name which leads inside: looked at when the connection is made, so no later answer counts. */
const lookupAllowed =
  (isAllowed: (address: string) => boolean): LookupFunction =>
  (hostname, options, done) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return done(error, []);
      const allowed = (found as LookupAddress[]).filter((a) => isAllowed(a.address));
      const first = allowed[0];
      if (first === undefined || allowed.length < found.length)
        return done(new Error(`${hostname} leads to an address inside`), []);
      if (options.all === true) done(null, allowed);
      else done(null, first.address, first.family);
    });
  };

/**
 * Calls push services: no redirects, no answer read beyond its head, and no address but a public one.
 * @param loopback also this machine: the sandbox and tests
 */
export function createPushHttp(loopback: boolean, now: () => number): { send: SendPush; close: () => void } {
  const agent = new Agent({ keepAlive: true, maxSockets: socketsMax, minVersion: 'TLSv1.2' });
  const isAllowed = (address: string) => isPublicAddress(address) || (loopback && isLoopbackAddress(address));
  const lookup = lookupAllowed(isAllowed);

  const send: SendPush = ({ url, headers, body }) =>
    new Promise((resolve) => {
      const secure = url.protocol === 'https:';
      const options = {
        method: 'POST',
        lookup,
        headers: { ...headers, 'content-length': String(body.length) },
      };
      const request = secure ? httpsRequest(url, { ...options, agent }) : httpRequest(url, options);
      const timer = setTimeout(() => request.destroy(new Error('time-out')), pushServiceMsMax);
      const end = (answer: PushAnswer) => {
        clearTimeout(timer);
        resolve(answer);
      };
      request.on('error', () => end({ status: null, retryAfterMs: null }));
      request.on('response', (response) => {
        end({
          status: response.statusCode ?? null,
          retryAfterMs: retryAfterMs(response.headers['retry-after'], now()),
        });
        const length = Number(response.headers['content-length'] ?? 0);
        if (length > answerBytesMax || response.headers['transfer-encoding'] !== undefined) request.destroy();
        else response.on('error', () => undefined).resume();
      });
      request.end(body);
    });
  return { send, close: () => agent.destroy() };
}

/** What is read of an answer so that its connection can be used again, in bytes; a longer one ends it. */
const answerBytesMax = 16_384;
