import type { LoadClient, RawAnswer } from '../httpClient.ts';
import type { Random } from '../measure/random.ts';
import { signedPay } from '../signedPay.ts';
import { createPayCodeSource } from './payCodes.ts';
import type { Town } from './people.ts';
import { type Kind, kinds, meant, type Scenario } from './scenarios.ts';

/** How one customer's business ended. */
export interface Ending {
  kind: Kind;
  /** `captured`, `voided` …, or where it went wrong: "pay 503 overloaded". */
  what: string;
  asMeant: boolean;
  /** What the network said it has done, to be found again in its rows. */
  told: Told[];
  /** True when it may have done it although it did not say so. */
  unclear: boolean;
}

export const tellable = ['captured', 'declined', 'voided', 'refunded'] as const;
export type Told = (typeof tellable)[number];

/** Amounts that a stub bank declines: this many fen beyond the yuan. No other amount of a load ends so. */
export const declinedFen = 51;
/** How the bank says it (ISO 8583:1987 field 39, insufficient funds), and the network after it. */
export const declinedCode = '51';
const declinedReason = 'insufficient_funds';
const yuanMax = 50;

/** A purchase that may be refunded. */
interface Captured {
  id: string;
  shop: Town['merchants'][number];
}
type Request = (token: string, path: string, body: unknown) => Promise<RawAnswer>;

/** Purchases that may still be refunded; more are not kept. */
const refundableMax = 20_000;

/** All business of one load against one network. */
export interface Customers {
  /** Serves the nth customer of a run; throws when the connection is lost. */
  serve: (run: string, n: number) => Promise<Ending>;
}

export interface CustomersDeps {
  client: LoadClient;
  town: Town;
  scenario: Scenario;
  random: Random;
  nowMs: () => number;
}

export function createCustomers(deps: CustomersDeps): Customers {
  const { client, town, scenario, random } = deps;
  const weights = kinds.map((k) => scenario.weights[k] ?? 0);
  const shops = scenario.merchants === 'one' ? town.merchants.slice(0, 1) : town.merchants;
  const cards = cardsOf(town, scenario);
  const anyOf = <T>(list: readonly T[]): T => list[Math.floor(random.next() * list.length)] as T;
  // Sorted by slot, so that codes shown one after the other come from different people.
  const nextCode = createPayCodeSource(cards.toSorted((a, b) => a.slot - b.slot));
  const refundable: Captured[] = [];

  async function serve(run: string, n: number): Promise<Ending> {
    // Everything is drawn before anything is awaited: the same seed brings the same customers in the same order.
    const kind = kinds[random.pick(weights)] as Kind;
    const [shop, card, yuan] = [anyOf(shops), anyOf(cards), 1 + Math.floor(random.next() * yuanMax)];
    const request = requests(client, `${run}-${n}`);
    const earlier = kind === 'refund' ? refundable.pop() : undefined;
    if (earlier) return refund(request, earlier, run, []);
    const held = kind === 'later' || kind === 'void';
    const created = await request(shop.key, '/v1/payments', {
      amount: yuan * 100 + (kind === 'decline' ? declinedFen : 0),
      currency: 'CNY',
      store_id: shop.storeId,
      order_reference: `${run}-${n}`,
      ...(held ? { capture: 'manual' } : {}),
      ...(kind === 'presented' ? { entry: 'pay_code' } : {}),
    });
    const id = /"id":"(pay_[0-9a-f]{32})"/.exec(created.body)?.[1];
    if (created.status !== 201 || id === undefined) return failed(kind, 'create', created);
    const code = kind === 'presented' ? nextCode(deps.nowMs()) : null;
    if (kind === 'presented' && code === null) return noCode;
    const paid =
      code === null
        ? await signedPay(client, card.payer, card.cardId, id, `${run}-${n}-pay`)
        : await request(shop.key, `/v1/payments/${id}/collect`, { pay_code: code });
    const state = stateOf(paid);
    if (held && state === 'authorised') return finishHeld(request, kind, id, shop);
    if (kind === 'refund' && state === 'captured') return refund(request, { id, shop }, run, ['captured']);
    if (kind === 'decline' && state === 'declined' && paid.body.includes(`"${declinedReason}"`)) {
      if (scenario.giveUp) await request(shop.key, `/v1/payments/${id}/cancel`, {});
      return ended(kind, ['declined']);
    }
    if (meant[kind] !== 'captured' || state !== 'captured') return failed(kind, 'pay', paid);
    if (refundable.length < refundableMax) refundable.push({ id, shop });
    return ended(kind, ['captured']);
  }

  return { serve };
}

function cardsOf(town: Town, scenario: Scenario) {
  const bank = scenario.banks === 'one' ? town.shoppers[0]?.cards[0]?.bank : undefined;
  return town.shoppers.flatMap((payer) => {
    const { secret, handle, cards } = payer;
    return cards
      .filter((c) => bank === undefined || c.bank === bank)
      .map((c) => ({ ...c, payer, secret, handle }));
  });
}

const noCode: Ending = {
  kind: 'presented',
  what: 'generator: no unused pay code',
  asMeant: false,
  told: [],
  unclear: false,
};

function requests(client: LoadClient, name: string): Request {
  return (token, path, body) => {
    const step = path.slice(path.lastIndexOf('/') + 1);
    return client.send(
      `POST ${path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\nidempotency-key: ${name}-${step}\r\n`,
      JSON.stringify(body),
    );
  };
}

async function finishHeld(request: Request, kind: Kind, id: string, shop: Captured['shop']): Promise<Ending> {
  const step = kind === 'later' ? 'capture' : 'cancel';
  const answer = await request(shop.key, `/v1/payments/${id}/${step}`, {});
  const state = stateOf(answer);
  if (kind === 'later' && state === 'captured') return ended(kind, ['captured']);
  if (kind === 'void' && state === 'cancelled') return ended(kind, ['voided']);
  return failed(kind, step, answer);
}

/** The reason carries the run, so that its refunds can be counted in the database. `told` is what came before. */
async function refund(request: Request, what: Captured, run: string, told: Told[]): Promise<Ending> {
  const answer = await request(what.shop.key, `/v1/payments/${what.id}/refunds`, { reason: run });
  if (answer.status === 201) return ended('refund', [...told, 'refunded']);
  const wrong = failed('refund', 'refund', answer);
  return { ...wrong, told };
}

const ended = (kind: Kind, told: Told[]): Ending => ({
  kind,
  what: meant[kind],
  asMeant: true,
  told,
  unclear: false,
});

function stateOf(answer: RawAnswer): string | null {
  return answer.status === 200 ? (/"state":"([a-z_]+)"/.exec(answer.body)?.[1] ?? null) : null;
}

/** Names a wrong ending so that equal ones add up. */
function failed(kind: Kind, step: string, answer: RawAnswer): Ending {
  const state = stateOf(answer);
  const code = /"code":"([a-z_]+)"/.exec(answer.body)?.[1] ?? '';
  const what = `${step} ${answer.status} ${state ?? ''} ${code}`.replace(/ +/g, ' ').trim();
  const told = tellable.filter((t) => t === state);
  // Refused at the door: before anything was done.
  const refused = answer.status === 503 && code === 'overloaded';
  const unclear = (answer.status >= 500 && !refused) || answer.status === 409 || state === 'unknown';
  return { kind, what, asMeant: false, told, unclear };
}
