import { expect, test } from 'vitest';
import { maskedFields } from './message.ts';

const pan = '9156001234567890';

test('of a message no card number is kept, wherever the bank writes it, and no track, PIN or expiry', () => {
  const kept = maskedFields({
    2: pan,
    14: '3112',
    35: `${pan}=31122010000012300000`,
    44: `CARD ${pan}`,
    45: `B${pan}^LI/LEI^31122010000`,
    52: new Uint8Array(8),
    54: pan,
    63: `seen ;${pan}=31122010000012300000?`,
    102: pan,
  });
  expect(kept).toEqual({
    2: '915600******7890',
    44: 'CARD 915600******7890',
    54: '915600******7890',
    63: 'seen ;915600******7890=********************?',
  });
});

test('what belongs to the story of a payment is kept as it stands', () => {
  const fields = {
    3: '000000',
    4: '000000001280',
    7: '1122083000',
    11: '000017',
    37: '632608000017',
    // By chance the digits of this number are right for a card.
    42: 'M91560012345678',
    43: 'YUNZHOU TEA HOUSE        YUNZHOU      CN',
    62: '云州茶馆',
    90: '020000001711220830009000000200009000000100',
  };
  expect(maskedFields(fields)).toEqual(fields);
});
