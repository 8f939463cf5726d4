import type { AdditionalData, MerchantAccount, MerchantPresented, MpmTemplate, Tip } from './mpm.ts';
import type { MpmError, MpmErrorCode, MpmNode, Placed } from './tree.ts';

/** Carries a refusal out of the readers below; `decodeMpm` turns it into a value. */
export class TypedError extends Error {
  readonly detail: MpmError;

  constructor(code: MpmErrorCode, reason: string, offset: number) {
    super(reason);
    this.detail = { code, reason, offset };
  }
}

/** What a single value must look like (EMVCo MPM section 4.3 to 4.9); the offset is that of the value. */
interface Shape {
  pattern: RegExp;
  meaning: string;
}

const AMOUNT: Shape = {
  pattern: /^(?=.{1,13}$)(?=.*[1-9])[0-9]+(\.[0-9]*)?$/,
  meaning: 'an amount such as 23.72',
};
const SHAPES: Readonly<Record<string, Shape>> = {
  '00': { pattern: /^01$/, meaning: '01' },
  '01': { pattern: /^1[12]$/, meaning: '11 (static) or 12 (dynamic)' },
  '52': { pattern: /^[0-9]{4}$/, meaning: 'a category code of four digits' },
  '53': { pattern: /^[0-9]{3}$/, meaning: 'a currency code of three digits' },
  '54': AMOUNT,
  '55': { pattern: /^0[123]$/, meaning: '01, 02 or 03' },
  '56': AMOUNT,
  '57': { pattern: /^(?=.*[1-9])[0-9]{1,2}(\.[0-9]{1,2})?$/, meaning: 'a percentage from 0.01 to 99.99' },
  '58': { pattern: /^[A-Z]{2}$/, meaning: 'a country code of two letters' },
  '59': text(25),
  '60': text(15),
  '61': text(10),
  '63': { pattern: /^[0-9A-F]{4}$/, meaning: 'four hexadecimal digits' },
};
const ADDITIONAL_SHAPES: Readonly<Record<string, Shape>> = {
  ...Object.fromEntries(['01', '02', '03', '04', '05', '06', '07', '08'].map((id) => [id, text(25)])),
  '09': { pattern: /^[AME]{1,3}$/, meaning: 'up to three of A, M and E' },
  '10': text(20),
  '11': text(3),
};
const LANGUAGE_SHAPES: Readonly<Record<string, Shape>> = {
  '00': { pattern: /^[A-Za-z]{2}$/, meaning: 'a language code of two letters' },
  '01': text(25),
  '02': text(15),
};

function text(max: number): Shape {
  return { pattern: new RegExp(`^.{1,${max}}$`, 'u'), meaning: `1 to ${max} characters` };
}

/** The meaning of the data objects, or a {@link TypedError} at the first that is wrong. */
export function readTyped(nodes: readonly Placed[]): MerchantPresented {
  const end = nodes.at(-1)?.offset ?? 0;
  for (const node of nodes) checkShape(node, SHAPES, node.id);
  const one = new Map(nodes.map((node) => [node.id, node]));
  const needed = (id: string, name: string): string => {
    const node = one.get(id);
    if (node === undefined) throw new TypedError('missing', `the ${name} (${id}) is missing`, end);
    return node.text;
  };
  const between = (from: number, to: number) =>
    nodes.filter((n) => Number(n.id) >= from && Number(n.id) <= to);
  const accounts = between(2, 51).map(readAccount);
  if (accounts.length === 0) throw new TypedError('missing', 'a merchant account (02 to 51) is missing', end);
  const [initiation, amount, postal] = [one.get('01')?.text, one.get('54')?.text, one.get('61')?.text];
  const tip = readTip(one);
  const [additional, language] = [one.get('62'), one.get('64')];
  const reserved = between(65, 79);
  const unreserved = between(80, 99).map(readTemplate);
  return {
    ...(initiation === undefined ? {} : { initiation: initiation === '11' ? 'static' : 'dynamic' }),
    accounts,
    categoryCode: needed('52', 'category code'),
    currency: needed('53', 'currency'),
    ...(amount === undefined ? {} : { amount }),
    ...(tip === undefined ? {} : { tip }),
    country: needed('58', 'country'),
    name: needed('59', 'name'),
    city: needed('60', 'city'),
    ...(postal === undefined ? {} : { postalCode: postal }),
    ...(additional === undefined ? {} : { additional: readAdditional(additional) }),
    ...(language === undefined ? {} : { language: readLanguage(language) }),
    ...(reserved.length === 0
      ? {}
      : { reserved: Object.fromEntries(reserved.map((node) => [node.id, node.text])) }),
    ...(unreserved.length === 0 ? {} : { unreserved }),
  };
}

function checkShape(node: Placed, shapes: Readonly<Record<string, Shape>>, path: string): void {
  const shape = Object.hasOwn(shapes, node.id) ? shapes[node.id] : undefined;
  if (shape !== undefined && !shape.pattern.test(node.text)) {
    throw new TypedError('bad_value', `id ${path} must be ${shape.meaning}`, node.offset + 4);
  }
}

function readAccount(node: Placed): MerchantAccount {
  return node.children === undefined ? { id: node.id, value: node.text } : readTemplate(node);
}

function readTemplate(node: Placed): MpmTemplate {
  const fields: Record<string, string> = {};
  let guid: string | undefined;
  for (const child of node.children ?? []) {
    if (child.id === '00') guid = child.text;
    else fields[child.id] = child.text;
  }
  if (guid === undefined || guid.length > 32) {
    const reason = `template ${node.id} needs a globally unique identifier (00) of 1 to 32 characters`;
    throw new TypedError(guid === undefined ? 'missing' : 'bad_value', reason, node.offset + 4);
  }
  return { id: node.id, guid, fields };
}

function readTip(one: ReadonlyMap<string, Placed>): Tip | undefined {
  const [indicator, fixed, percentage] = [one.get('55'), one.get('56'), one.get('57')];
  const allowed = { '02': fixed, '03': percentage }[indicator?.text ?? ''];
  for (const node of [fixed, percentage]) {
    if (node !== undefined && node !== allowed) {
      throw new TypedError('bad_value', `id ${node.id} does not go with the tip indicator (55)`, node.offset);
    }
  }
  if (indicator === undefined) return undefined;
  if (indicator.text === '01') return { kind: 'prompt' };
  if (allowed === undefined) {
    throw new TypedError(
      'missing',
      'the tip (56 or 57) that the indicator (55) announces is missing',
      indicator.offset,
    );
  }
  return indicator.text === '02'
    ? { kind: 'fixed', amount: allowed.text }
    : { kind: 'percentage', percent: allowed.text };
}

const ADDITIONAL_NAMES = [
  'billNumber',
  'mobileNumber',
  'storeLabel',
  'loyaltyNumber',
  'referenceLabel',
  'customerLabel',
  'terminalLabel',
  'purpose',
  'consumerDataRequest',
  'merchantTaxId',
  'merchantChannel',
] as const;

function readAdditional(node: Placed): AdditionalData {
  const out: AdditionalData = {};
  for (const child of node.children ?? []) {
    checkShape(child, ADDITIONAL_SHAPES, `62.${child.id}`);
    const number = Number(child.id);
    const name = ADDITIONAL_NAMES[number - 1];
    if (name !== undefined) out[name] = child.text;
    else if (child.children !== undefined) out.templates = [...(out.templates ?? []), readTemplate(child)];
    else if (number >= 12) out.reserved = { ...out.reserved, [child.id]: child.text };
    else throw new TypedError('bad_id', 'id 62.00 is not used', child.offset);
  }
  return out;
}

function readLanguage(node: Placed): NonNullable<MerchantPresented['language']> {
  const found: Record<string, string> = {};
  for (const child of node.children ?? []) {
    checkShape(child, LANGUAGE_SHAPES, `64.${child.id}`);
    found[child.id] = child.text;
  }
  const [language, name, city] = [found['00'], found['01'], found['02']];
  if (language === undefined || name === undefined) {
    throw new TypedError('missing', 'template 64 needs a language (00) and a name (01)', node.offset + 4);
  }
  return city === undefined ? { language, name } : { language, name, city };
}

/** Appends templates in rising order of their ids, their fields in rising order. */
export function addTemplates(nodes: MpmNode[], templates: readonly MpmTemplate[]): void {
  for (const template of [...templates].sort((a, b) => Number(a.id) - Number(b.id))) {
    const fields = Object.keys(template.fields).sort();
    const children = fields.map((id) => ({ id, value: template.fields[id] ?? '' }));
    nodes.push({ id: template.id, children: [{ id: '00', value: template.guid }, ...children] });
  }
}
