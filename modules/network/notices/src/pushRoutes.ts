import { callerAs, callerOf } from '@feiqian/access';
import { instant } from '@feiqian/clock';
import { SubscribePush, WalletPush } from '@feiqian/contract';
import type { Db, Tx } from '@feiqian/db';
import { type HttpApp, idempotently, ProblemError, requestKey, sendAnswer } from '@feiqian/http';
import type { Pushes } from './pushes.ts';

interface Deps {
  db: Db;
  now: () => number;
  pushes: Pushes;
  /** Locks a device; false for one that has ended or is held still. */
  lockDevice: (tx: Tx, deviceId: string) => Promise<boolean>;
}

const wallet = { callers: ['wallet'] as const };
const tags = ['wallet'];

/** Routes by which a device asks for push messages. */
export function pushRoutes(deps: Deps) {
  const { pushes } = deps;
  const view = (found: Awaited<ReturnType<Pushes['of']>>): WalletPush => ({
    public_key: pushes.publicKey(),
    subscription: found && {
      language: found.language,
      amounts: found.amounts,
      since: instant(found.sinceMs),
    },
  });
  return async (app: HttpApp): Promise<void> => {
    app.get(
      '/v1/wallet/push',
      {
        config: wallet,
        schema: {
          tags,
          summary: 'Whether this device is sent push messages (RFC 8030), and the key to subscribe under',
          response: { 200: WalletPush },
        },
      },
      async (request) => view(await pushes.of(callerAs(request, 'wallet').deviceId)),
    );
    app.put(
      '/v1/wallet/push',
      {
        config: { ...wallet, signed: true, keyed: true, problems: ['push_unavailable', 'push_refused'] },
        schema: {
          tags,
          summary:
            'Send push messages to this device, encrypted for it alone (RFC 8291); replaces what it had',
          body: SubscribePush,
          response: { 200: WalletPush },
        },
      },
      async (request, reply) => {
        const p = callerAs(request, 'wallet');
        const answer = await idempotently(deps, requestKey(request, callerOf(p)), async (tx) => {
          // Held until the commit, so that no message goes to a device that ends meanwhile.
          if (!(await deps.lockDevice(tx, p.deviceId))) throw new ProblemError('unauthenticated');
          return { status: 200, body: view(await pushes.subscribe(tx, p, request.body)) };
        });
        return sendAnswer(reply, answer);
      },
    );
    app.delete(
      '/v1/wallet/push',
      {
        config: { ...wallet, signed: true, keyed: true },
        schema: {
          tags,
          summary: 'Send this device no more push messages',
          response: { 200: WalletPush },
        },
      },
      async (request, reply) => {
        const p = callerAs(request, 'wallet');
        const answer = await idempotently(deps, requestKey(request, callerOf(p)), async (tx) => {
          await pushes.silence(tx, [p.deviceId]);
          return { status: 200, body: view(null) };
        });
        return sendAnswer(reply, answer);
      },
    );
  };
}
