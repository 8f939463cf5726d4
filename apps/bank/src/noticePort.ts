import type { HostLogger } from '@feiqian/bank-authorisation';
import type { NoticePort } from '@feiqian/bank-notices';
import { bankNoticeHeaders } from '@feiqian/contract';
import type { NoticeSettings } from './settings.ts';

/** How long the network may take to acknowledge, in ms; less than the lease of a delivery. */
export const acknowledgeMsMax = 10_000;

/** Sends notices to the network over HTTP. Whatever happens but an answer 2xx is no acknowledgement. */
export function httpNoticePort(settings: NoticeSettings, logger: HostLogger): NoticePort {
  return {
    secret: new Uint8Array(Buffer.from(settings.secretHex, 'hex')),
    async send({ id, timestampSeconds, signature, body }) {
      const url = typeof settings.url === 'string' ? settings.url : settings.url();
      if (url === null) return false;
      try {
        const response = await fetch(url, {
          method: 'POST',
          redirect: 'error',
          headers: {
            'content-type': 'application/json',
            [bankNoticeHeaders.id]: id,
            [bankNoticeHeaders.timestamp]: String(timestampSeconds),
            [bankNoticeHeaders.signature]: signature,
          },
          body,
          signal: AbortSignal.timeout(acknowledgeMsMax),
        });
        await response.body?.cancel();
        if (!response.ok) logger.warn({ status: response.status }, 'notices were not acknowledged');
        return response.ok;
      } catch (error) {
        logger.warn({ err: error }, 'notices could not be delivered');
        return false;
      }
    },
  };
}
