import { instant } from '@feiqian/clock';

/** The text of an instant in ms, as PostgreSQL reads it; null stays null. */
export function at(ms: number): string;
export function at(ms: number | null): string | null;
export function at(ms: number | null): string | null {
  return ms === null ? null : instant(ms);
}
