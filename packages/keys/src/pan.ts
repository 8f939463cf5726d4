import { isLuhnValid } from './luhn.ts';
import { maskPan } from './mask.ts';

/**
 * A card number that prints masked everywhere: in a template string, in JSON, in a log, in `util.inspect`.
 * Only `reveal()` gives the digits, so that each place that does so can be found by its name.
 */
export class Pan {
  readonly #digits: string;

  private constructor(digits: string) {
    this.#digits = digits;
  }

  /** A number of 12 to 19 digits with a right check digit (ISO/IEC 7812-1); blanks are taken out. Else null. */
  static parse(text: string): Pan | null {
    const digits = text.replace(/[ -]/g, '');
    return /^[0-9]{12,19}$/.test(digits) && isLuhnValid(digits) ? new Pan(digits) : null;
  }

  /** The digits themselves. */
  reveal(): string {
    return this.#digits;
  }

  /** The last four digits, which a shopper may see. */
  get last4(): string {
    return this.#digits.slice(-4);
  }

  equals(other: Pan): boolean {
    return this.#digits === other.#digits;
  }

  toString(): string {
    return maskPan(this.#digits);
  }

  toJSON(): string {
    return this.toString();
  }

  /** What `util.inspect` and `console.log` of Node print. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Pan(${this.toString()})`;
  }
}
