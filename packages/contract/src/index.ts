export * from './bank-api.ts';
export * from './console.ts';
export * from './errors.ts';
export * from './payments.ts';
export * from './shapes.ts';
export * from './till.ts';
export * from './wallet.ts';
