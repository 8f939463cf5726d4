import { type Access, callerAs, callerOf } from '@feiqian/access';
import {
  ApproveDevice,
  Changed,
  DeviceList,
  Id,
  NonceList,
  noncesAtOnce,
  RecoverWallet,
  Strict,
  WalletMe,
} from '@feiqian/contract';
import type { Db } from '@feiqian/db';
import { type HttpApp, idempotently, requestKey, sendAnswer } from '@feiqian/http';
import { toUuid } from '@feiqian/ids';
import type { FastifyRequest } from 'fastify';
import { deviceView, meView } from './view.ts';
import type { Wallets } from './wallets.ts';

export interface DeviceRoutesDeps {
  db: Db;
  now: () => number;
  wallets: Wallets;
  access: Access;
  /** Asks for a verification (`verification.demand`). */
  demand: (
    request: FastifyRequest,
    what: { operation: 'add_device' | 'first_factor' | 'recover_device' },
  ) => Promise<void>;
  /** True when a person has a PIN or a passkey. */
  hasFactor: (userId: string) => Promise<boolean>;
}

const DeviceParams = Strict({ id: Id('dev') });
const wallet = { callers: ['wallet'] as const };
const signed = { ...wallet, signed: true } as const;
const tags = ['wallet'];

/** Routes of a person's devices: the list, and letting another one in. */
export function deviceRoutes(deps: DeviceRoutesDeps) {
  return async (app: HttpApp): Promise<void> => {
    listRoutes(app, deps);
    admissionRoutes(app, deps);
    recoveryRoute(app, deps);
  };
}

function listRoutes(app: HttpApp, deps: DeviceRoutesDeps): void {
  app.get(
    '/v1/wallet/nonces',
    {
      config: { ...wallet, whileHeld: ['pending'] },
      schema: {
        tags,
        summary: 'Nonces for signed requests of this device; each signed answer brings the next as well',
        response: { 200: NonceList },
      },
    },
    async (request) => {
      const { deviceId } = callerAs(request, 'wallet');
      return { data: Array.from({ length: noncesAtOnce }, () => deps.access.signing.nonce(deviceId)) };
    },
  );
  app.get(
    '/v1/wallet/devices',
    {
      config: wallet,
      schema: {
        tags,
        summary: 'Devices of this person, those that wait to be let in included',
        response: { 200: DeviceList },
      },
    },
    async (request) => {
      const p = callerAs(request, 'wallet');
      const waiting = await deps.wallets.waitingOf(p.userId);
      const known = await deps.wallets.devices(p.userId);
      // One whose time is over is about to end.
      const shown = known.filter((d) => d.state !== 'pending' || waiting.has(d.id));
      return { data: shown.map((d) => deviceView(d, p.deviceId, waiting.get(d.id) ?? null)) };
    },
  );
  app.delete(
    '/v1/wallet/devices/:id',
    {
      config: { ...signed, keyed: true, whileHeld: ['frozen'], problems: ['not_found'] },
      schema: {
        tags,
        summary: 'Remove a device; its tokens die',
        params: DeviceParams,
        response: { 200: Changed('dev') },
      },
    },
    async (request, reply) => {
      const p = callerAs(request, 'wallet');
      const deviceId = toUuid(request.params.id, 'dev');
      const answer = await idempotently(deps, requestKey(request, callerOf(p)), async (tx) => {
        await deps.wallets.removeDevice(tx, p.userId, deviceId);
        return { status: 200, body: { id: request.params.id } };
      });
      return sendAnswer(reply, answer);
    },
  );
}

function admissionRoutes(app: HttpApp, deps: DeviceRoutesDeps): void {
  const { wallets } = deps;
  app.post(
    '/v1/wallet/devices/:id/approval',
    {
      config: {
        ...signed,
        keyed: true,
        problems: ['verification_required', 'not_found', 'device_request_over'],
      },
      schema: {
        tags,
        summary: 'Let in a device that waits and shows this number',
        params: DeviceParams,
        body: ApproveDevice,
        response: { 200: Changed('dev') },
      },
    },
    async (request, reply) => {
      const p = callerAs(request, 'wallet');
      const deviceId = toUuid(request.params.id, 'dev');
      // Nobody is asked for a PIN for what is not there.
      await wallets.mustHaveAsked(p.userId, deviceId);
      // Who has neither PIN nor passkey confirms by code, as for the first of them.
      const operation = (await deps.hasFactor(p.userId)) ? 'add_device' : 'first_factor';
      await deps.demand(request, { operation });
      const answer = await idempotently(deps, requestKey(request, callerOf(p)), async (tx) => {
        await wallets.approveDevice(tx, p, deviceId, request.body.number);
        return { status: 200, body: { id: request.params.id } };
      });
      return sendAnswer(reply, answer);
    },
  );
  app.post(
    '/v1/wallet/devices/:id/refusal',
    {
      config: {
        ...signed,
        keyed: true,
        whileHeld: ['frozen'],
        problems: ['not_found', 'device_request_over'],
      },
      schema: {
        tags,
        summary: 'Refuse a device that waits; it ends',
        params: DeviceParams,
        response: { 200: Changed('dev') },
      },
    },
    async (request, reply) => {
      const p = callerAs(request, 'wallet');
      const deviceId = toUuid(request.params.id, 'dev');
      const answer = await idempotently(deps, requestKey(request, callerOf(p)), async (tx) => {
        await wallets.refuseDevice(tx, p, deviceId);
        return { status: 200, body: { id: request.params.id } };
      });
      return sendAnswer(reply, answer);
    },
  );
}

function recoveryRoute(app: HttpApp, deps: DeviceRoutesDeps): void {
  const { wallets } = deps;
  app.post(
    '/v1/wallet/recovery',
    {
      config: {
        ...signed,
        keyed: true,
        whileHeld: ['pending'],
        problems: ['verification_required', 'device_request_over'],
      },
      schema: {
        tags,
        summary:
          'The first phone is gone: let this device in, verified anew; the others are paused or removed',
        body: RecoverWallet,
        response: { 200: WalletMe },
      },
    },
    async (request, reply) => {
      const p = callerAs(request, 'wallet');
      await deps.demand(request, { operation: 'recover_device' });
      const answer = await idempotently(deps, requestKey(request, callerOf(p)), async (tx) => {
        await wallets.recover(tx, p, request.body.old_devices);
        return { status: 200, body: meView(await wallets.me(p.userId, p.deviceId, tx), deps.now()) };
      });
      return sendAnswer(reply, answer);
    },
  );
}
