export { type BankApiDeps, type BankApiTls, createBankApi } from './app.ts';
export {
  bankApiMigrations,
  type CardsForNetwork,
  type CardsForNetworkDeps,
  createCardsForNetwork,
} from './cardsForNetwork.ts';
export { consentMsMax } from './consent.ts';
