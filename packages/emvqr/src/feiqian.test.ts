import { expect, test } from 'vitest';
import vectors from '../../../vectors/emvqr/mpm.json' with { type: 'json' };
import { feiqianMpm, readFeiqianMpm } from './index.ts';

const poster = {
  merchant: 'mer_01931f5e8c7a7d4e9f00aa11bb22cc33',
  currency: '156',
  categoryCode: '5812',
  name: { latin: 'Lakeside Noodles', local: '湖畔面馆' },
  city: { latin: 'Yunzhou', local: '云州' },
};

test('a poster names the merchant, a dynamic code also the payment and the amount', () => {
  expect(readFeiqianMpm(feiqianMpm(poster))).toMatchObject({
    ok: true,
    code: {
      merchant: poster.merchant,
      name: '湖畔面馆',
      city: '云州',
      value: { initiation: 'static', name: 'Lakeside Noodles' },
    },
  });
  const payment = 'pay_01931f5e8c7a7d4e9f00aa11bb22cc33';
  const text = feiqianMpm({
    ...poster,
    payment,
    amount: '18.00',
    storeLabel: '一号店',
    terminalLabel: 'T1',
    orderReference: 'A-17',
  });
  expect(readFeiqianMpm(` ${text}\n`)).toMatchObject({
    ok: true,
    code: {
      payment,
      amount: '18.00',
      value: {
        initiation: 'dynamic',
        additional: { storeLabel: '一号店', terminalLabel: 'T1', referenceLabel: 'A-17' },
      },
    },
  });
});

test('a name without a local form leaves the language template out, and accents become plain letters', () => {
  const read = readFeiqianMpm(
    feiqianMpm({ ...poster, name: { latin: 'Café Müller' }, city: { latin: 'Yunzhou' } }),
  );
  expect(read).toMatchObject({ ok: true, code: { name: 'Cafe Muller' } });
  if (read.ok) expect(read.code.value.language).toBeUndefined();
});

test('a code of another network and what is no code are told apart', () => {
  expect(readFeiqianMpm(vectors.valid[0]?.text ?? '')).toMatchObject({ ok: false, reason: 'other_network' });
  expect(readFeiqianMpm('weixin://pay')).toMatchObject({
    ok: false,
    reason: 'not_emv',
    error: { code: 'bad_id' },
  });
});

test('a reference that does not fit is a bug and throws', () => {
  expect(() => feiqianMpm({ ...poster, merchant: '' })).toThrow('36');
  expect(() => feiqianMpm({ ...poster, merchant: 'm'.repeat(37) })).toThrow('36');
  expect(() => feiqianMpm({ ...poster, payment: '支付' })).toThrow('36');
});
