import { describe, expect, it } from 'vitest';
import { curlExample } from './example.ts';

describe('the example for developers', () => {
  const text = curlExample({ origin: 'http://localhost:8080', secret: 'sk_test', storeId: 'sto_1' });

  it('is ten lines', () => {
    expect(text.split('\n')).toHaveLength(10);
  });

  it('carries a body that is JSON', () => {
    const body = /-d '([\s\S]*)'$/.exec(text)?.[1] ?? '';
    expect(JSON.parse(body)).toEqual({
      amount: 1800,
      currency: 'CNY',
      store_id: 'sto_1',
      order_reference: 'order-1001',
    });
  });
});
