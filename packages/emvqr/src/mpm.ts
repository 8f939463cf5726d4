import { encodeMpmTree, type MpmError, MpmFormatError, type MpmNode, plainTree, readTree } from './tree.ts';
import { addTemplates, readTyped, TypedError } from './typed.ts';

/** A merchant account: the number of an international scheme (02–25), or a template of any scheme (26–51). */
export type MerchantAccount = { id: string; value: string } | MpmTemplate;

/** A template with its owner's globally unique identifier (00) and fields 01 to 99. */
export interface MpmTemplate {
  id: string;
  guid: string;
  fields: Record<string, string>;
}

/** Tip or convenience fee (55–57): asked of the consumer, a fixed amount, or a percentage. */
export type Tip =
  | { kind: 'prompt' }
  | { kind: 'fixed'; amount: string }
  | { kind: 'percentage'; percent: string };

/** Additional data (62), by the names of EMVCo MPM table 3.7. */
export interface AdditionalData {
  billNumber?: string;
  mobileNumber?: string;
  storeLabel?: string;
  loyaltyNumber?: string;
  referenceLabel?: string;
  customerLabel?: string;
  terminalLabel?: string;
  purpose?: string;
  consumerDataRequest?: string;
  merchantTaxId?: string;
  merchantChannel?: string;
  /** 12–49, kept as they are. */
  reserved?: Record<string, string>;
  /** 50–99, of payment systems. */
  templates?: MpmTemplate[];
}

/** A merchant-presented code by meaning. Text that the specification calls `ans` may hold any script here. */
export interface MerchantPresented {
  /** 01: a poster that is used again and again, or a code for one payment. */
  initiation?: 'static' | 'dynamic';
  /** 02–51, at least one. */
  accounts: MerchantAccount[];
  /** 52: merchant category code, ISO 18245. */
  categoryCode: string;
  /** 53: ISO 4217 numeric. */
  currency: string;
  /** 54: digits with at most one point, such as `23.72`; absent when the consumer types it. */
  amount?: string;
  tip?: Tip;
  /** 58: ISO 3166-1 alpha-2. */
  country: string;
  /** 59, at most 25 characters. */
  name: string;
  /** 60, at most 15 characters. */
  city: string;
  /** 61 */
  postalCode?: string;
  additional?: AdditionalData;
  /** 64: the name and the city in another language (ISO 639). */
  language?: { language: string; name: string; city?: string };
  /** 65–79, kept as they are. */
  reserved?: Record<string, string>;
  /** 80–99 */
  unreserved?: MpmTemplate[];
}

export type DecodedMpm =
  | { ok: true; value: MerchantPresented; tree: MpmNode[] }
  | { ok: false; error: MpmError };

/**
 * Reads a merchant-presented payload (EMVCo QR Code Specification for Payment Systems, Merchant-Presented Mode 1.1): by
 * meaning in `value`, as it stands in `tree`. Takes any text, never throws.
 */
export function decodeMpm(text: string): DecodedMpm {
  const read = readTree(text);
  if (!read.ok) return read;
  try {
    return { ok: true, value: readTyped(read.nodes), tree: plainTree(read.nodes) };
  } catch (error) {
    if (error instanceof TypedError) return { ok: false, error: error.detail };
    throw error;
  }
}

/** Writes a payload with its CRC, ids in rising order. What the specification does not allow throws {@link MpmFormatError}. */
export function encodeMpm(value: MerchantPresented): string {
  const text = writeMpm(value);
  const check = decodeMpm(text);
  if (!check.ok) throw new MpmFormatError(check.error.reason);
  return text;
}

/** Writes a payload whose parts are known to be right, without reading it back: every payment makes one. */
export function writeMpm(value: MerchantPresented): string {
  const nodes: MpmNode[] = [{ id: '00', value: '01' }];
  const put = (id: string, text: string | undefined) => {
    if (text !== undefined) nodes.push({ id, value: text });
  };
  if (value.initiation !== undefined) put('01', value.initiation === 'static' ? '11' : '12');
  for (const account of [...value.accounts].sort((a, b) => Number(a.id) - Number(b.id))) {
    if ('guid' in account) addTemplates(nodes, [account]);
    else put(account.id, account.value);
  }
  put('52', value.categoryCode);
  put('53', value.currency);
  put('54', value.amount);
  if (value.tip !== undefined) {
    put('55', { prompt: '01', fixed: '02', percentage: '03' }[value.tip.kind]);
    if (value.tip.kind === 'fixed') put('56', value.tip.amount);
    if (value.tip.kind === 'percentage') put('57', value.tip.percent);
  }
  put('58', value.country);
  put('59', value.name);
  put('60', value.city);
  put('61', value.postalCode);
  if (value.additional !== undefined) nodes.push({ id: '62', children: additionalNodes(value.additional) });
  if (value.language !== undefined) {
    const { language, name, city } = value.language;
    const children = [
      { id: '00', value: language },
      { id: '01', value: name },
    ];
    nodes.push({
      id: '64',
      children: city === undefined ? children : [...children, { id: '02', value: city }],
    });
  }
  for (const id of Object.keys(value.reserved ?? {}).sort()) put(id, value.reserved?.[id]);
  addTemplates(nodes, value.unreserved ?? []);
  return encodeMpmTree(nodes);
}

/** Ids of the additional data template, in order. */
export const ADDITIONAL_IDS = {
  billNumber: '01',
  mobileNumber: '02',
  storeLabel: '03',
  loyaltyNumber: '04',
  referenceLabel: '05',
  customerLabel: '06',
  terminalLabel: '07',
  purpose: '08',
  consumerDataRequest: '09',
  merchantTaxId: '10',
  merchantChannel: '11',
} as const;
const additionalIds = Object.entries(ADDITIONAL_IDS) as [keyof typeof ADDITIONAL_IDS, string][];

function additionalNodes(additional: AdditionalData): MpmNode[] {
  const nodes: MpmNode[] = [];
  for (const [name, id] of additionalIds) {
    const value = additional[name];
    if (value !== undefined) nodes.push({ id, value });
  }
  for (const id of Object.keys(additional.reserved ?? {}).sort()) {
    nodes.push({ id, value: additional.reserved?.[id] ?? '' });
  }
  addTemplates(nodes, additional.templates ?? []);
  return nodes;
}
