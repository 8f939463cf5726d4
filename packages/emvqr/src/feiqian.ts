import { decodeMpm, type MerchantPresented, type MpmTemplate, writeMpm } from './mpm.ts';
import type { MpmError } from './tree.ts';

/** The network's name in merchant account templates. */
export const FEIQIAN_GUID = 'org.feiqian.pay';
const TEMPLATE_ID = '26';
const MERCHANT_FIELD = '01';
const PAYMENT_FIELD = '02';
/** Two references and the identifier fill the 99 characters of a template exactly. */
export const REFERENCE_CHARACTERS_MAX = 36;

export interface FeiqianCode {
  /** Identifier of the merchant, store or till the payment is for, at most 36 characters. */
  merchant: string;
  /** Identifier of the payment: makes the code a dynamic one. */
  payment?: string;
  /** ISO 4217 numeric, such as `156`. */
  currency: string;
  /** Decimal text such as `18.00`; absent when the consumer types it. */
  amount?: string;
  /** Merchant category code. */
  categoryCode: string;
  /** Shown name and city. What is not Latin goes into the language template, with the Latin form beside it. */
  name: LocalText;
  city: LocalText;
  /** ISO 639 code of the local forms; default `ZH`. */
  language?: string;
  /** ISO 3166-1 alpha-2; default `CN`. */
  country?: string;
  /** Short labels for the receipt, at most 25 characters each. */
  storeLabel?: string;
  terminalLabel?: string;
  /** The merchant's own order number, at most 25 characters. */
  orderReference?: string;
}

/** A name in the common character set, and as its people write it. Too long ones are cut. */
export interface LocalText {
  latin: string;
  local?: string;
}

/** The payload of a poster (without `payment`) or of a code for one payment (with it). */
export function feiqianMpm(code: FeiqianCode): string {
  for (const reference of [code.merchant, code.payment ?? 'x']) {
    if (!/^[\x21-\x7e]{1,36}$/.test(reference))
      throw new RangeError('a reference has 1 to 36 printable characters');
  }
  const payment: Record<string, string> = code.payment === undefined ? {} : { [PAYMENT_FIELD]: code.payment };
  const fields = { [MERCHANT_FIELD]: code.merchant, ...payment };
  const additional = {
    ...given('storeLabel', code.storeLabel),
    ...given('referenceLabel', code.orderReference),
    ...given('terminalLabel', code.terminalLabel),
  };
  return writeMpm({
    initiation: code.payment === undefined ? 'static' : 'dynamic',
    accounts: [{ id: TEMPLATE_ID, guid: FEIQIAN_GUID, fields }],
    categoryCode: code.categoryCode,
    currency: code.currency,
    ...(code.amount === undefined ? {} : { amount: code.amount }),
    country: code.country ?? 'CN',
    name: latin(code.name.latin, 25),
    city: latin(code.city.latin, 15),
    ...(Object.keys(additional).length === 0 ? {} : { additional }),
    ...language(code),
  });
}

function given(name: string, text: string | undefined): Record<string, string> {
  const value = text === undefined ? '' : cutNow(text, 25);
  return value === '' ? {} : { [name]: value };
}

function language(code: FeiqianCode): Pick<MerchantPresented, 'language'> {
  const name = cut(code.name.local ?? '', 25);
  if (name === '') return {};
  const city = cut(code.city.local ?? '', 15);
  return { language: { language: code.language ?? 'ZH', name, ...(city === '' ? {} : { city }) } };
}

const printable = /^[ -~]*$/;
const cleaned = new Map<string, string>();
const cleanedMax = 10_000;

/** Cleaning is slow and names are few, so what was cleaned once is kept. */
function kept(
  clean: (text: string, max: number) => string,
  kind: string,
): (text: string, max: number) => string {
  return (text, max) => {
    const key = `${kind}${max} ${text}`;
    const known = cleaned.get(key);
    if (known !== undefined) return known;
    if (cleaned.size >= cleanedMax) cleaned.clear();
    const value = clean(text, max);
    cleaned.set(key, value);
    return value;
  };
}

/** A name must never make a code fail: what the common character set has not becomes `?`. */
function latinNow(text: string, max: number): string {
  const plain = text.normalize('NFD').replace(/\p{M}/gu, '');
  return cutNow(Array.from(plain, (c) => (/^[\x20-\x7e]$/.test(c) ? c : '?')).join(''), max) || '?';
}

/**
 * Precomposed characters (as the specification asks), without control characters and line separators, cut between
 * characters. What is left out goes first: it may have kept apart what is to be composed.
 */
function cutNow(text: string, max: number): string {
  if (printable.test(text)) return text.trim().slice(0, max).trimEnd();
  const clean = text
    .replace(/\p{Cc}|\p{Cs}|\p{Zl}|\p{Zp}/gu, '')
    .normalize('NFC')
    .trim();
  return Array.from(clean).slice(0, max).join('').trimEnd();
}

const latin = kept(latinNow, 'l');
const cut = kept(cutNow, 'c');

export interface ReadFeiqianCode {
  merchant: string;
  payment?: string;
  currency: string;
  amount?: string;
  /** The name as its people write it where the code has it, else the Latin one. */
  name: string;
  city: string;
  country: string;
  categoryCode: string;
  value: MerchantPresented;
}

export type FeiqianRead =
  | { ok: true; code: ReadFeiqianCode }
  | { ok: false; reason: 'not_emv'; error: MpmError }
  | { ok: false; reason: 'other_network'; value: MerchantPresented };

/** Reads a scanned code: one of this network, one of another network, or none of this kind at all. */
export function readFeiqianMpm(text: string): FeiqianRead {
  const decoded = decodeMpm(text.trim());
  if (!decoded.ok) return { ok: false, reason: 'not_emv', error: decoded.error };
  const { value } = decoded;
  const ours = value.accounts.find((account): account is MpmTemplate => 'guid' in account && isOurs(account));
  const merchant = ours?.fields[MERCHANT_FIELD];
  if (ours === undefined || merchant === undefined) return { ok: false, reason: 'other_network', value };
  const payment = ours.fields[PAYMENT_FIELD];
  const { currency, amount, country, categoryCode, language } = value;
  const code: ReadFeiqianCode = {
    merchant,
    ...(payment === undefined ? {} : { payment }),
    currency,
    ...(amount === undefined ? {} : { amount }),
    name: language?.name ?? value.name,
    city: language?.city ?? value.city,
    country,
    categoryCode,
    value,
  };
  return { ok: true, code };
}

function isOurs(template: MpmTemplate): boolean {
  return template.guid.toLowerCase() === FEIQIAN_GUID;
}
