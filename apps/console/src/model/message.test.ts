import { describe, expect, it } from 'vitest';
import { answerMti } from './message.ts';

describe('the answer to a message', () => {
  it.each([
    ['0100', '0110'],
    ['0200', '0210'],
    ['0201', '0210'],
    ['0220', '0230'],
    ['0400', '0410'],
    ['0421', '0430'],
    ['0800', '0810'],
  ])('to %s is %s', (request, answer) => {
    expect(answerMti(request)).toBe(answer);
  });

  it('leaves alone what is no message type', () => {
    expect(answerMti('POST /authorisations')).toBe('POST /authorisations');
  });
});
