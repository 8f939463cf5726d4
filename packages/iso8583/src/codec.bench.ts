import { createCmac } from '@feiqian/keys/node';
import { bench, describe } from 'vitest';
import {
  applyMac,
  decodeMessage,
  encodeMessage,
  feiqianAscii,
  feiqianBcd,
  type Message,
  verifyMac,
} from './index.ts';

/** A purchase as the network sends it: twenty fields. Run with `npx vitest bench --project unit packages/iso8583`. */
export const purchase: Message = {
  mti: '0200',
  fields: {
    2: '9156001234567890',
    3: '000000',
    4: '000000001800',
    7: '1122010203',
    11: '000042',
    12: '090203',
    13: '1122',
    14: '2912',
    18: '5411',
    22: '030',
    25: '00',
    32: '915699',
    33: '915699',
    37: '632609000042',
    41: 'T0000001',
    42: 'M00000000000001',
    43: 'Lakeside Noodles Yunzhou CN',
    49: '156',
    60: 'pay_01931f5e8c7a7d4e9f00aa11bb22cc33',
    62: '湖畔面馆',
  },
};

const key = createCmac(new Uint8Array(16).fill(7));

for (const profile of [feiqianAscii, feiqianBcd]) {
  const bytes = applyMac(profile, purchase, key);
  describe(profile.name, () => {
    bench('encode', () => {
      encodeMessage(profile, purchase);
    });
    bench('decode', () => {
      decodeMessage(profile, bytes);
    });
    bench('encode with MAC', () => {
      applyMac(profile, purchase, key);
    });
    bench('verify MAC', () => {
      verifyMac(profile, bytes, key);
    });
  });
}
