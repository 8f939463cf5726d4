/** What a first request needs. */
export interface ExampleParts {
  origin: string;
  secret: string;
  storeId: string;
  /** Makes the request's idempotency key; a constant would answer the second try with the first payment. */
  key?: string;
}

/** Ten lines to paste into a terminal: creates a payment of 18.00 and prints its code and link. */
export function curlExample({ origin, secret, storeId, key = '$(date +%s%N)' }: ExampleParts): string {
  return [
    `curl -s ${origin}/v1/payments \\`,
    `  -H "Authorization: Bearer ${secret}" \\`,
    `  -H "Idempotency-Key: ${key}" \\`,
    '  -H "Content-Type: application/json" \\',
    "  -d '{",
    '    "amount": 1800,',
    '    "currency": "CNY",',
    `    "store_id": "${storeId}",`,
    '    "order_reference": "order-1001"',
    "  }'",
  ].join('\n');
}
