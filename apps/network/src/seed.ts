import { sandboxBanks, sandboxNoticeSecret, sandboxPeople, testCards } from '@feiqian/app-bank';
import type { Sandbox } from '@feiqian/contract';
import { fromUuid } from '@feiqian/ids';
import type { Network } from './compose.ts';
import { namedId } from './compose.ts';
import {
  bankColours,
  operatorHints,
  sandboxCity,
  sandboxCode,
  sandboxKey,
  sandboxMerchants,
  sandboxOperators,
  sandboxPassword,
  sandboxPin,
} from './sandbox.ts';

/** Where each reference bank listens, by its code. */
export type BankPorts = ReadonlyMap<string, { isoPort: number; apiPort: number }>;

/** True when the city has not been built yet. */
export function isEmpty(network: Network): boolean {
  return network.members.list().length === 0;
}

/** Registers the three banks and the acquirer, with their keys and card ranges. */
export async function seedMembers(network: Network, ports: BankPorts): Promise<void> {
  const { members, config } = network;
  for (const { settings } of sandboxBanks) {
    const port = ports.get(settings.id) ?? settings;
    const id = namedId(`member ${settings.id}`);
    const created = await members.create(
      {
        code: settings.id,
        institution: settings.bins[0] as string,
        name: settings.name,
        nameEn: settings.nameEn,
        colour: bankColours[settings.id] ?? '#175cd3',
        roles: ['issuer'],
        link: { host: settings.isoHost, port: port.isoPort, profile: settings.profile.name },
        bankApi: { baseUrl: `http://${settings.apiHost}:${port.apiPort}` },
      },
      id,
    );
    if (!created.ok)
      throw new Error(`the sandbox bank ${settings.id} could not be registered: ${created.code}`);
    for (const bin of settings.bins) {
      await members.addRange(
        { memberId: id, low: bin, high: bin, product: 'mixed' },
        namedId(`range ${bin}`),
      );
    }
    await members.setSecret(id, 'zone_key', Buffer.from(settings.zoneKeyHex, 'hex'));
    await members.setSecret(id, 'mac_key', Buffer.from(settings.macKeyHex, 'hex'));
    await members.setSecret(id, 'bank_api_key', Buffer.from(settings.apiKey));
    await members.setSecret(id, 'notice_secret', Buffer.from(sandboxNoticeSecret(settings.id), 'hex'));
    await members.openPosition(id, config.currency);
  }
  await members.create(
    {
      code: 'acquirer',
      institution: config.acquirer,
      name: '云州收单',
      nameEn: 'Yunzhou Acquiring',
      colour: '#b26a00',
      roles: ['acquirer'],
      link: null,
      bankApi: null,
    },
    namedId('member acquirer'),
  );
}

/** The banks' ports may differ from one start to the next. */
export async function updatePorts(network: Network, ports: BankPorts): Promise<void> {
  for (const [code, port] of ports) {
    const member = network.members.byCode(code);
    if (!member?.link || !member.bankApi) continue;
    const baseUrl = `http://127.0.0.1:${port.apiPort}`;
    if (member.link.port === port.isoPort && member.bankApi.baseUrl === baseUrl) continue;
    await network.members.update(member.id, {
      link: { ...member.link, port: port.isoPort },
      bankApi: { ...member.bankApi, baseUrl },
    });
  }
}

/** Builds the merchants with stores, staff and the console's users. */
export async function seedMerchants(network: Network): Promise<void> {
  const { db, merchants, access, config } = network;
  const merchantIds = new Map<string, string>();
  for (const m of sandboxMerchants) {
    await db.transaction(async (tx) => {
      const made = await merchants.register(tx, {
        name: m.name,
        nameEn: m.nameEn,
        mcc: m.mcc,
        city: sandboxCity,
        licence: `91560000MA${m.key.toUpperCase().padEnd(8, 'X').slice(0, 8)}`,
        settlementAccount: `621700000000${m.mcc}`,
        storeName: m.stores[0] as string,
        currency: config.currency,
      });
      for (const name of m.stores.slice(1)) await merchants.addStore(tx, made.merchant.id, name);
      await merchants.review(tx, made.merchant.id, 'approve');
      const staff = { merchantId: made.merchant.id, storeId: made.store.id, pin: sandboxPin };
      await merchants.addStaff(tx, { ...staff, name: '店长', role: 'supervisor' });
      if (m.key === 'coffee') {
        await merchants.addStaff(tx, { ...staff, name: '店员', role: 'cashier' });
        await access.issue(
          tx,
          { kind: 'merchant_key', merchantId: made.merchant.id },
          'sandbox',
          made.merchant.id,
          { secret: sandboxKey },
        );
      }
      merchantIds.set(m.key, made.merchant.id);
    });
  }
  for (const o of sandboxOperators) {
    await access.addOperator(db, {
      username: o.username,
      name: o.name,
      role: o.role,
      tenant: tenantOf(network, merchantIds, o.tenant),
      password: sandboxPassword,
    });
  }
}

function tenantOf(network: Network, merchantIds: ReadonlyMap<string, string>, key: string | null) {
  if (key === null) return null;
  const member = network.members.byCode(key);
  if (member) return { kind: 'bank' as const, id: member.id, name: member.name };
  const id = merchantIds.get(key);
  const name = sandboxMerchants.find((m) => m.key === key)?.name ?? key;
  return id === undefined ? null : { kind: 'merchant' as const, id, name };
}

/** What a newcomer should know of a sandbox person, in both languages. */
function noteOf(network: Network, p: (typeof sandboxPeople)[number]): { note: string; note_en: string } {
  if (p === sandboxPeople.at(-1)) {
    return { note: '持有测试卡:拒绝、超时等', note_en: 'holds the test cards: declines, time-outs and more' };
  }
  const banks = p.banks.map((code) => network.members.byCode(code));
  return {
    note: banks.map((b) => b?.name ?? '').join('、'),
    note_en: banks.map((b) => b?.nameEn ?? '').join(', '),
  };
}

/** What `/v1/sandbox` and the start banner tell a newcomer. */
export async function sandboxGuide(network: Network): Promise<Sandbox> {
  const all = await network.merchants.list(null, null, 100);
  const ids = all.map((m) => m.id);
  const [staff, stores] = await Promise.all([
    network.merchants.staffOf(ids),
    network.merchants.storesOf(ids),
  ]);
  const demo = all.find((m) => m.name === sandboxMerchants[0]?.name);
  const demoStore = stores.find((s) => s.merchantId === demo?.id);
  return {
    code: sandboxCode,
    people: sandboxPeople.map((p) => ({
      mobile: p.mobile,
      name: p.name,
      name_en: p.nameLatin,
      ...noteOf(network, p),
    })),
    tills: staff.slice(0, 20).map((s) => ({
      staff_number: s.number,
      pin: sandboxPin,
      name: s.name,
      merchant: all.find((m) => m.id === s.merchantId)?.name ?? '',
      role: s.role,
    })),
    console: operatorHints(),
    test_cards: testCards.map((c) => ({
      number: c.pan,
      bank_id: c.bank,
      outcome: c.outcome,
      description: c.description_en,
      description_zh: c.description_zh,
    })),
    demo_key: {
      merchant: demo?.name ?? '',
      store_id: demoStore ? fromUuid(demoStore.id, 'sto') : '',
      secret: sandboxKey,
    },
  };
}
