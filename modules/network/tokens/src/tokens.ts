import type { Sql, Tx } from '@feiqian/db';
import { Pan } from '@feiqian/keys';
import * as store from './store.ts';
import { type CardData, type CardKind, type Token, tokenNumber } from './token.ts';
import { createVault, type VaultDeps } from './vault.ts';

export interface NewToken {
  pan: string;
  expiry: string;
  userId: string;
  deviceId: string;
  issuerId: string;
  kind: CardKind;
}

/** A token together with its card, the number in a type that prints masked. */
export interface TokenWithCard extends Token {
  pan: Pan;
  expiry: string;
  /** The row of the card number in the vault, UUID. */
  panId: string;
}

const numberBytes = 16;

export type Tokens = ReturnType<typeof createTokens>;

/** Network tokens: what the wallet holds instead of card numbers. */
export function createTokens(deps: VaultDeps) {
  const { clock, ids, random } = deps;
  const vault = createVault(deps);

  async function withCards(sql: Sql, tokenIds: readonly string[]): Promise<Map<string, TokenWithCard>> {
    if (tokenIds.length === 0) return new Map();
    const rows = await store.tokenCards(sql, tokenIds);
    const pans = await vault.reveal(sql, rows);
    return new Map(
      rows.map((r, i) => [
        r.id,
        {
          id: r.id,
          userId: r.user_id,
          deviceId: r.device_id,
          issuerId: r.issuer_id,
          kind: r.kind,
          last4: r.last4,
          status: r.status,
          pan: panOf(pans[i]),
          expiry: r.expiry,
          panId: r.pan_id,
        },
      ]),
    );
  }

  return {
    vault,
    /** Makes a token of a card for one device; null when the device has one already. */
    async provision(tx: Tx, card: NewToken): Promise<Token | null> {
      const panId = await vault.put(tx, card.pan, card.expiry);
      const token: Token = {
        id: ids.uuid(),
        userId: card.userId,
        deviceId: card.deviceId,
        issuerId: card.issuerId,
        kind: card.kind,
        last4: card.pan.slice(-4),
        status: 'active',
      };
      const number = tokenNumber(random(new Uint8Array(numberBytes)));
      return (await store.insertToken(tx, { ...token, number, panId }, clock.now())) ? token : null;
    },
    /** Tokens with their cards, for a payment about to be sent. */
    withCards,
    /** Numbers by their rows in the vault, for credit legs about to be sent. */
    async numbers(sql: Sql, panIds: readonly string[]): Promise<Map<string, string>> {
      if (panIds.length === 0) return new Map();
      const rows = await store.sealedPans(sql, panIds);
      const numbers = await vault.reveal(sql, rows);
      return new Map(rows.map((r, i) => [r.id, numbers[i] as string]));
    },
    /** Cards of tokens of any status, for messages that must still go out. */
    async detokenise(sql: Sql, tokenIds: readonly string[]): Promise<Map<string, CardData>> {
      const found = await withCards(sql, tokenIds);
      return new Map([...found].map(([id, t]) => [id, { pan: t.pan.reveal(), expiry: t.expiry }]));
    },
    /** Kills a token for ever. */
    remove: (sql: Sql, tokenId: string) => store.setStatus(sql, { tokenId }, 'deleted', clock.now()),
    /** Lets no token of a device pay, until it is taken back. */
    suspendDevice: (sql: Sql, deviceId: string) =>
      store.setStatus(sql, { deviceId }, 'suspended', clock.now()),
    resumeDevice: (sql: Sql, deviceId: string) => store.setStatus(sql, { deviceId }, 'active', clock.now()),
    /** Kills every token of a device. */
    removeDevice: (sql: Sql, deviceId: string) => store.setStatus(sql, { deviceId }, 'deleted', clock.now()),
  };
}

function panOf(digits: string | undefined): Pan {
  const pan = Pan.parse(digits ?? '');
  if (pan === null) throw new Error('the vault holds something that is no card number');
  return pan;
}
