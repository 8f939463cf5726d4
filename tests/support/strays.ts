import { luhnCheckDigit } from '@feiqian/keys';
import { bytesCanary, type Canary, cardCanary, textCanary } from './canary.ts';

/** Ways to write a card number, or what is on the card, into a text. */
export const forms = ['plain', 'grouped', 'hyphenated', 'track 1', 'track 2'] as const;
export type Form = (typeof forms)[number];

/**
 * Numbers of cards that nobody issued, tracks and PIN blocks: each is made for one place, so that what is found says
 * where it came in.
 */
export class Strays {
  readonly canaries: Canary[] = [];
  #count = 0;

  /** A card number of the sandbox's range. */
  pan(where: string): string {
    this.#count += 1;
    const body = `91560099${String(this.#count).padStart(7, '0')}`;
    const pan = body + luhnCheckDigit(body);
    this.canaries.push({ ...cardCanary(pan), name: `card: ${where}` });
    return pan;
  }

  /** Track 2 (ISO/IEC 7813): number, separator, expiry, service code and what only the bank understands. */
  track2(where: string, separator: '=' | 'D' = '='): string {
    return `${this.pan(where)}${separator}3112201${this.#discretionary(where)}`;
  }

  track1(where: string): string {
    return `B${this.pan(where)}^LI/LEI^3112201${this.#discretionary(where)}`;
  }

  pinBlock(where: string): Uint8Array {
    this.#count += 1;
    const block = Buffer.from(`04a2${(0x9c3e_51b7_0000 + this.#count * 7919).toString(16)}`, 'hex');
    this.canaries.push(bytesCanary(`PIN block: ${where}`, block));
    return block;
  }

  /** What chip data holds of the card: tags 5A and 57 (EMV book 3, annex A). */
  chip(where: string): Uint8Array {
    const pan = Buffer.from(this.pan(where), 'hex');
    const track = Buffer.from(this.track2(where, 'D'), 'hex');
    return Buffer.concat([Buffer.from([0x5a, pan.length]), pan, Buffer.from([0x57, track.length]), track]);
  }

  text(where: string, form: Form): string {
    const named = `${where} (${form})`;
    const grouped = (between: string) => this.pan(named).replace(/(.{4})(?=.)/g, `$1${between}`);
    switch (form) {
      case 'plain':
        return this.pan(named);
      case 'grouped':
        return grouped(' ');
      case 'hyphenated':
        return grouped('-');
      case 'track 1':
        return `%${this.track1(named)}?`;
      case 'track 2':
        return `;${this.track2(named)}?`;
    }
  }

  /** Twelve digits: with what is before them a track 2 of 36, which is packed into whole bytes with its filler. */
  #discretionary(where: string): string {
    const digits = `71${String(this.#count).padStart(5, '0')}93586`;
    this.canaries.push(
      textCanary(`track: ${where}`, digits),
      bytesCanary(`track: ${where}`, packed(digits), false),
    );
    return digits;
  }
}

/** Two digits to a byte, as they stand behind an even number of others. */
const packed = (digits: string): Buffer => Buffer.from(digits, 'hex');
