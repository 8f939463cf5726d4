import { TestDevice } from '@feiqian/testkit';
import type { Caller } from './caller.ts';
import { operationsOf, prefixOf, type Schema } from './openapi.ts';
import { signInBody } from './people.ts';

/** A route of the API as its own description tells. */
export interface Route {
  /** `GET /v1/payments/{id}`. */
  name: string;
  method: string;
  path: string;
  /** Prefix of the identifier in its path, for example `pay`; null when it has none. */
  prefix: string | null;
  takesBody: boolean;
  /** Identifiers that it takes beside the one in its path: where, as `to.card_id`, and their prefix. */
  takesIds: readonly { in: 'body' | 'query'; name: string; prefix: string }[];
}

/** Every documented route. */
export async function routesOf(anyone: Caller): Promise<Route[]> {
  return (await operationsOf(anyone)).map(({ name, method, path, parameters, body }) => ({
    name,
    method,
    path,
    prefix: prefixOf(parameters.find((p) => p.in === 'path')?.schema),
    takesBody: body !== null,
    takesIds: [
      ...idsIn(
        'query',
        parameters.filter((p) => p.in === 'query' && p.name !== 'cursor').map((p) => [p.name, p.schema]),
      ),
      ...idsIn('body', Object.entries(body?.properties ?? {})),
    ],
  }));
}

const nobody = { name: '无名', identity_number: '999999190001010016' };

type TakenId = Route['takesIds'][0];
const idsIn = (place: TakenId['in'], fields: readonly [string, Schema][]): TakenId[] =>
  fields.flatMap(([name, schema]) => {
    const prefix = prefixOf(schema);
    if (prefix !== null) return [{ in: place, name, prefix }];
    const inner = Object.entries(schema.properties ?? {});
    return idsIn(
      place,
      inner.map(([field, own]) => [`${name}.${field}`, own]),
    );
  });

/** A body that each route with one takes, with ids that name nothing. */
export const bodies: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'POST /v1/wallet/codes': { mobile: '13900000000' },
  'POST /v1/wallet/sessions': signInBody(new TestDevice(), '13900000000', '000000'),
  'PUT /v1/wallet/pin': { pin: '135790' },
  'PUT /v1/wallet/free-limit': { amount: 1000 },
  'POST /v1/wallet/passkeys': { response: { id: 'x'.repeat(22), response: {} }, name: 'x' },
  'POST /v1/wallet/verifications/{id}/pin': { pin: '135790' },
  'POST /v1/wallet/verifications/{id}/code': { code: '000000' },
  'POST /v1/wallet/verifications/{id}/passkey': { response: { id: 'x'.repeat(22), response: {} } },
  'POST /v1/wallet/verifications/{id}/identity': nobody,
  'POST /v1/wallet/identity': nobody,
  'POST /v1/wallet/deletion': { confirm: true },
  'POST /v1/wallet/devices/{id}/approval': { number: '0000' },
  'POST /v1/wallet/recovery': { old_devices: 'pause' },
  'POST /v1/wallet/freeze': { lost_device_ids: [unknownId('dev')] },
  'POST /v1/console/people/{id}/freeze': {},
  'POST /v1/wallet/card-discoveries': { bank_ids: ['yunzhou'], consent: true },
  'POST /v1/wallet/cards': { discovery_id: unknownId('cdi'), cards: [{ bank_id: 'yunzhou', ref: 'x' }] },
  'POST /v1/wallet/scans': { text: 'https://example.org/' },
  'POST /v1/wallet/payments': { store_id: unknownId('sto'), amount: 100, currency: 'CNY' },
  'POST /v1/wallet/payments/{id}/pay': { card_id: unknownId('tok') },
  'POST /v1/wallet/cards/{id}/repayments': { from_card_id: unknownId('tok'), amount: 100 },
  'PUT /v1/wallet/cards/{id}/auto-repay': { from_card_id: unknownId('tok'), mode: 'full' },
  'POST /v1/wallet/account-openings': {
    bank_id: 'yunzhou',
    class: 'class_2',
    card_id: unknownId('tok'),
    name: '何川',
    identity_number: '999999199001010011',
  },
  'POST /v1/wallet/account-openings/{id}/confirm': { code: '000000' },
  'POST /v1/wallet/credit-applications': {
    bank_id: 'yunzhou',
    product: 'yunzhou_standard',
    name: '何川',
    identity_number: '999999199001010011',
    monthly_income: 500_000,
  },
  'POST /v1/wallet/notices/read': { up_to: unknownId('ntc') },
  'PUT /v1/wallet/push': {
    endpoint: 'https://push.example.net/x',
    keys: {
      p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
      auth: 'BTBZMqHH6r4Tts7J_aSIgg',
    },
    language: 'en',
    amounts: true,
  },
  'POST /v1/bank-notices/{bank}': {
    bank: 'yunzhou',
    notices: [
      {
        id: unknownId('ntc'),
        subject: unknownId('acc'),
        sequence: 1,
        at: '2026-01-05T01:00:00.000Z',
        type: 'account.status_changed',
        data: { status: 'frozen' },
      },
    ],
  },
  'POST /v1/wallet/payees': { code: unknownId('rcv') },
  'PUT /v1/wallet/receiving': { card_id: unknownId('tok') },
  'POST /v1/wallet/requests': { mobile: '13999999999', amount: 100, currency: 'CNY' },
  'POST /v1/wallet/requests/{id}/pay': { from_card_id: unknownId('tok') },
  'POST /v1/wallet/splits': {
    total: 300,
    currency: 'CNY',
    own_part: true,
    people: [{ mobile: '13999999999' }],
    payment_id: unknownId('pay'),
  },
  'PUT /v1/wallet/budget': { total: 100_000, categories: [{ category: 'dining', amount: 50_000 }] },
  'POST /v1/wallet/transfers': {
    from_card_id: unknownId('tok'),
    to: { card_id: unknownId('tok') },
    amount: 100,
    currency: 'CNY',
  },
  'POST /v1/till/sessions': { staff_number: '999999', pin: '000000', device_name: 'x' },
  'POST /v1/payments': { store_id: unknownId('sto'), amount: 100, currency: 'CNY' },
  'POST /v1/payments/{id}/collect': { pay_code: '9112345678123456789' },
  'POST /v1/payments/{id}/capture': {},
  'POST /v1/payments/{id}/refunds': { reason: 'x' },
  'POST /v1/console/sessions': { username: 'nobody', password: 'x' },
  'POST /v1/console/members/{id}/link': { action: 'echo' },
  'POST /v1/console/merchants': {
    name: '新店',
    name_en: 'NEW SHOP',
    mcc: '5812',
    city: 'YUNZHOU',
    licence: 'L1',
    settlement_account: '6217000000001',
    store_name: '一号店',
  },
  'POST /v1/console/merchants/{id}/review': { decision: 'approve' },
  'POST /v1/console/merchants/{id}/staff': {
    store_id: unknownId('sto'),
    name: 'x',
    role: 'cashier',
    pin: '123456',
  },
  'POST /v1/console/api-keys': { merchant_id: unknownId('mer'), name: 'x' },
};

/** A well-formed identifier of nothing. */
export function unknownId(prefix: string): string {
  return `${prefix}_0193f1c2a4b07c3d8e9f0a1b2c3d4e5f`;
}

/** The route's address for an identifier. */
export function pathOf(route: Route, id: string): string {
  return route.path
    .replace('{id}', id)
    .replace('{bank}', 'yunzhou')
    .replace('{movement_id}', unknownId('mov'));
}
