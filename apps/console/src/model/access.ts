import type { ConsoleRole } from '@feiqian/contract';

/** Places of the left rail, in its order. */
export const places = [
  'today',
  'payments',
  'members',
  'merchants',
  'books',
  'people',
  'developers',
  'settings',
] as const;
export type Place = (typeof places)[number];

const seen: Record<Place, readonly ConsoleRole[]> = {
  today: ['operator', 'bank', 'merchant', 'read_only'],
  payments: ['operator', 'bank', 'merchant', 'read_only'],
  members: ['operator', 'bank', 'read_only'],
  merchants: ['operator', 'merchant', 'read_only'],
  books: ['operator', 'read_only'],
  people: ['operator', 'call_centre'],
  developers: ['operator', 'merchant'],
  settings: ['operator', 'bank', 'merchant', 'read_only', 'call_centre'],
};

/** Things a person may do beyond looking. The network decides; this only hides what it would refuse. */
export const acts = [
  'act_on_links',
  'create_merchant',
  'review_merchant',
  'create_staff',
  'manage_keys',
] as const;
export type Act = (typeof acts)[number];

const allowed: Record<Act, readonly ConsoleRole[]> = {
  act_on_links: ['operator'],
  create_merchant: ['operator'],
  review_merchant: ['operator'],
  create_staff: ['operator', 'merchant'],
  manage_keys: ['operator', 'merchant'],
};

/** The places a role sees, in the order of the rail. */
export function placesOf(role: ConsoleRole): Place[] {
  return places.filter((place) => seen[place].includes(role));
}

/** Whether a role is offered an act. */
export function may(role: ConsoleRole, act: Act): boolean {
  return allowed[act].includes(role);
}
