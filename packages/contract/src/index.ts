export * from './bank-api.ts';
export * from './common.ts';
export * from './console.ts';
export * from './errors.ts';
export * from './payments.ts';
export * from './till.ts';
export * from './wallet.ts';
