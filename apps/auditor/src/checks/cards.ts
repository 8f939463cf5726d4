import type { Check, Scope } from '../check.ts';

/** Fields of a message to a bank that may not be stored: expiry, tracks, PIN, private and chip data, keys. */
const forbiddenFields = [14, 35, 36, 45, 48, 52, 53, 55, 61, 96];
/** Such a field in the JSON text of a message, or a card number in field 2 that shows more than its first six digits. */
const forbidden = `"(${forbiddenFields.join('|')})" ?:|"2" ?: ?"[0-9]{7}`;

/** Card data: what may be kept of it, and who may use it. */
export function cardChecks(s: Scope): Check[] {
  const base = { of: 'network', pace: 'sample' as const };
  return [
    {
      ...base,
      subject: 'payment',
      over: s.exchanges,
      id: 'T1',
      name: 'messages_are_masked',
      title: {
        en: 'messages to banks are kept without tracks, PIN and chip data, the card number as six and four digits',
        zh: '留存的银行报文不含磁道、密码与芯片数据，卡号只留前六后四',
      },
      sql: `select x.group_id::text as what, x.kind || ' message ' || x.id as found
        from ${s.exchanges} x
        where x.request::text ~ '${forbidden}' or x.response::text ~ '${forbidden}'`,
    },
    {
      ...base,
      subject: 'payment',
      over: s.payments,
      id: 'T2',
      name: 'token_is_the_payers',
      title: {
        en: 'each payment was made with a token of its payer for a card of its issuer',
        zh: '每笔付款用的都是付款人本人、该发卡行卡片的令牌',
      },
      sql: `select p.id::text as what, 'token ' || coalesce(p.token_id::text, 'none') || case when t.id is null then ' does not exist' else ' of another' end as found
        from ${s.payments} p left join tokens.token t on t.id = p.token_id
        where p.rrn is not null and (t.id is null or (t.user_id, t.issuer_id, t.last4::text, t.kind)
          is distinct from (p.user_id, p.issuer_id, p.card_last4, p.card_kind))`,
    },
    {
      ...base,
      subject: 'payment',
      over: s.payments,
      id: 'T2',
      name: 'pay_code_is_the_devices',
      title: {
        en: 'a pay code was used on one payment, by the device that showed it',
        zh: '每个付款码只用于一笔付款，且出自展示它的设备',
      },
      sql: `select p.id::text as what, 'code of device ' || c.device_id || ', token of ' || coalesce(t.device_id::text, 'none') as found
        from ${s.payments} p
        join wallets.used_pay_code c on c.payment_id = p.id
        left join tokens.token t on t.id = p.token_id
        where p.attempts = 1 and t.device_id is distinct from c.device_id`,
    },
  ];
}

/** The cards in wallets, against the vault. */
export const walletChecks: readonly Check[] = [
  {
    of: 'network',
    pace: 'whole' as const,
    subject: 'card',
    over: 'wallets.card',
    id: 'T2',
    name: 'card_has_its_token',
    title: {
      en: 'each bound card has a live token of the same person and device, each live token a bound card',
      zh: '每张已绑定的卡都有同一人、同一设备的有效令牌，反之亦然',
    },
    sql: `select coalesce(c.id, t.id)::text as what, case when c.id is null then 'a token without a card'
          when t.id is null then 'a card without a token' else 'card and token differ' end as found
      from (select * from wallets.card where unbound_at is null) c
      full join (select * from tokens.token where status <> 'deleted') t on t.id = c.id
      where (c.user_id, c.device_id, c.member_id, c.last4, c.kind) is distinct from (t.user_id, t.device_id, t.issuer_id, t.last4, t.kind)`,
  },
  {
    of: 'network',
    pace: 'whole' as const,
    subject: 'card',
    over: 'tokens.token',
    id: 'T1',
    name: 'token_is_no_card_number',
    title: {
      en: 'no token looks like a card number that some bank could have issued',
      zh: '没有令牌与任何银行可能发行的卡号相同',
    },
    sql: `select t.id::text as what, 'in the range of ' || b.range_low as found from tokens.token t
      join members.bin_range b on left(t.number, length(b.range_low)) between b.range_low and b.range_high`,
  },
];

/** A column of text somewhere in the database. */
export interface TextColumn {
  schema: string;
  table: string;
  column: string;
}

/** A range of card numbers that a bank issues. */
export interface BinRange {
  low: string;
  high: string;
}

const panDigits = { min: 13, max: 19 };

/** Digits that may begin a card number of these banks, as alternatives of a regular expression. */
function prefixesOf(ranges: readonly BinRange[]): string[] {
  const prefixes = ranges.map(({ low, high }) => {
    let same = 0;
    while (same < low.length && low[same] === high[same]) same++;
    return low.slice(0, same);
  });
  return [...new Set(prefixes)].filter((p) => /^[0-9]+$/.test(p));
}

/** The check digit of ISO/IEC 7812-1, over the digits in `n`. */
const luhn = `(select sum(case when (length(n) - i) % 2 = 0 then d when d > 4 then 2 * d - 9 else 2 * d end) % 10 = 0
  from (select i, substr(n, i, 1)::int as d from generate_series(1, length(n)) i) digits)`;

/**
 * Looks for card numbers in every column of text: a run of 13 to 19 digits that begins like one of the banks' and
 * whose check digit is right. The vault keeps its numbers sealed, so it needs no exception.
 */
export function cardNumberCheck(columns: readonly TextColumn[], ranges: readonly BinRange[]): Check[] {
  const prefixes = prefixesOf(ranges);
  if (columns.length === 0 || prefixes.length === 0) return [];
  const shortest = Math.min(...prefixes.map((p) => p.length));
  const number = `(?:${prefixes.join('|')})[0-9]{${panDigits.min - shortest},${panDigits.max - shortest}}`;
  const tables = new Map<string, string[]>();
  for (const c of columns) {
    const table = `"${c.schema}"."${c.table}"`;
    tables.set(table, [...(tables.get(table) ?? []), `"${c.column}"::text`]);
  }
  const searches = [...tables].map(([table, texts]) => {
    const text = texts.length === 1 ? texts[0] : `concat_ws(' ', ${texts.join(', ')})`;
    return `select '${table.replaceAll('"', '')}' as relation, ${text} as text from ${table} where ${text} ~ '${number}'`;
  });
  return [
    {
      of: 'network',
      pace: 'whole' as const,
      subject: 'table',
      over: [...tables.keys()].join(', '),
      id: 'T1',
      name: 'no_card_numbers',
      title: {
        en: 'no card number stands in clear anywhere in the database',
        zh: '数据库里没有任何明文卡号',
      },
      sql: `select relation as what, left(n, 6) || '…' || right(n, 4) || ' in clear' as found
        from (${searches.join(' union all ')}) hits
        cross join lateral (select m[1] as n from regexp_matches(' ' || text || ' ', '[^0-9A-Za-z](${number})(?![0-9])', 'g') m) numbers
        where ${luhn}`,
    },
  ];
}
