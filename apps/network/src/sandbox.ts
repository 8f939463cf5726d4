import type { Sandbox } from '@feiqian/contract';

/*
 * The sandbox city of Yunzhou. Everything here is fictional and published: a production start refuses it.
 */

/** One-time code of every sandbox person. */
export const sandboxCode = '246810';
export const sandboxPin = '123456';
export const sandboxPassword = 'yunzhou';
/** Secret key of the first merchant, for the ten-line example. */
export const sandboxKey = 'fqsk_sandbox_0000000000000000000000000';

/** A merchant to begin with. */
export interface SandboxMerchant {
  key: string;
  name: string;
  nameEn: string;
  mcc: string;
  stores: readonly string[];
  /** Typical amounts, in fen, for the history. */
  amounts: readonly number[];
}

export const sandboxMerchants: readonly SandboxMerchant[] = [
  merchant('coffee', '云上咖啡', 'CLOUD COFFEE', '5814', ['古城店', '高铁站店'], [1800, 2200, 2600, 3200]),
  merchant('noodles', '盐湖牛肉面', 'YANHU BEEF NOODLES', '5812', ['人民路店'], [1200, 1500, 2800]),
  merchant('market', '惠民菜市场', 'HUIMIN FARM MARKET', '5499', ['一号摊'], [850, 1260, 3540]),
  merchant('super', '云州百货超市', 'YUNZHOU SUPERMARKET', '5411', ['中心店', '滨河店'], [4530, 8820, 15690]),
  merchant('books', '北斗书店', 'BEIDOU BOOKS', '5942', ['大学城店'], [3900, 5800, 12600]),
  merchant('pharmacy', '仁和药房', 'RENHE PHARMACY', '5912', ['西门店'], [2350, 6690]),
  merchant('hospital', '云州市人民医院', 'YUNZHOU HOSPITAL', '8062', ['门诊部'], [5000, 18650, 42000]),
  merchant('metro', '云州地铁', 'YUNZHOU METRO', '4111', ['客服中心'], [300, 500, 10000]),
  merchant('water', '云州自来水公司', 'YUNZHOU WATER', '4900', ['营业厅'], [6840, 9120]),
  merchant('fuel', '丝路加油站', 'SILK ROAD FUEL', '5541', ['一号站'], [20000, 30000, 35000]),
  merchant('cinema', '月光影城', 'MOONLIGHT CINEMA', '7832', ['万象店'], [3990, 7980]),
  merchant('hotel', '湖畔酒店', 'LAKESIDE HOTEL', '7011', ['前台'], [38800, 52800]),
];

function merchant(
  key: string,
  name: string,
  nameEn: string,
  mcc: string,
  stores: readonly string[],
  amounts: readonly number[],
): SandboxMerchant {
  return { key, name, nameEn, mcc, stores, amounts };
}

export const sandboxCity = 'YUNZHOU';

/** Colours of the banks' cards. */
export const bankColours: Record<string, string> = {
  yunzhou: '#175cd3',
  yanhu: '#0e7c66',
  haigang: '#3b3f8f',
};

/** Console users, one of each role; `tenant` is a bank's or merchant's key. */
export const sandboxOperators = [
  { username: 'operator', name: '运营 林岚', role: 'operator', tenant: null },
  { username: 'bank', name: '云州银行 何川', role: 'bank', tenant: 'yunzhou' },
  { username: 'merchant', name: '云上咖啡 店主', role: 'merchant', tenant: 'coffee' },
  { username: 'reader', name: '审计 只读', role: 'read_only', tenant: null },
  { username: 'phone', name: '客服 唐宁', role: 'call_centre', tenant: null },
] as const;

/** The console users as `/v1/sandbox` tells them. */
export function operatorHints(): Sandbox['console'] {
  return sandboxOperators.map((o) => ({
    username: o.username,
    password: sandboxPassword,
    role: o.role,
    name: o.name,
  }));
}
