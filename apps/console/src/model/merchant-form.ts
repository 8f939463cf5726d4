/** The form of a new merchant, as typed. */
export interface MerchantForm {
  name: string;
  name_en: string;
  mcc: string;
  city: string;
  licence: string;
  settlement_account: string;
  store_name: string;
}

/** Why a field is refused; the catalogue has the sentence. */
export interface FieldProblem {
  word: 'required' | 'tooLong' | 'badEnglish' | 'badMcc' | 'badAccount' | 'badPin';
  max?: number;
}

/** Longest values, in characters: those that go to a bank are as long as ISO 8583 field 43 has room. */
const nameCharsMax = 60;
const licenceCharsMax = 40;
const nameEnCharsMax = 25;
const cityCharsMax = 13;

function words(value: string, max: number): FieldProblem | null {
  if (value.trim() === '') return { word: 'required' };
  return value.trim().length > max ? { word: 'tooLong', max } : null;
}

function ascii(value: string, max: number): FieldProblem | null {
  if (value.trim() === '') return { word: 'required' };
  return new RegExp(`^[ -~]{1,${max}}$`).test(value.trim()) ? null : { word: 'badEnglish', max };
}

function digits(value: string, pattern: RegExp, word: FieldProblem['word']): FieldProblem | null {
  if (value.trim() === '') return { word: 'required' };
  return pattern.test(value.trim()) ? null : { word };
}

/** What is wrong with the form, by field; empty when the network would take it. */
export function merchantProblems(form: MerchantForm): Partial<Record<keyof MerchantForm, FieldProblem>> {
  const all: Record<keyof MerchantForm, FieldProblem | null> = {
    name: words(form.name, nameCharsMax),
    name_en: ascii(form.name_en, nameEnCharsMax),
    mcc: digits(form.mcc, /^[0-9]{4}$/, 'badMcc'),
    city: ascii(form.city, cityCharsMax),
    licence: words(form.licence, licenceCharsMax),
    settlement_account: digits(form.settlement_account, /^[0-9]{8,30}$/, 'badAccount'),
    store_name: words(form.store_name, nameCharsMax),
  };
  return Object.fromEntries(Object.entries(all).filter(([, problem]) => problem !== null));
}

/** The form with blanks at the ends taken away, as it is sent. */
export function merchantBody(form: MerchantForm): MerchantForm {
  return Object.fromEntries(
    Object.entries(form).map(([key, value]) => [key, value.trim()]),
  ) as unknown as MerchantForm;
}

/** The form of a new member of staff, as typed. */
export interface StaffForm {
  name: string;
  pin: string;
}

/** What is wrong with the staff form, by field. */
export function staffProblems(form: StaffForm): Partial<Record<keyof StaffForm, FieldProblem>> {
  const all: Record<keyof StaffForm, FieldProblem | null> = {
    name: words(form.name, nameCharsMax),
    pin: digits(form.pin, /^[0-9]{6}$/, 'badPin'),
  };
  return Object.fromEntries(Object.entries(all).filter(([, problem]) => problem !== null));
}
