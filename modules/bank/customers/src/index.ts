export { type Customer, type Identity, isNameOf, maskedName, type NewCustomer } from './customer.ts';
export { type Customers, type CustomersDeps, createCustomers, customersMigrations } from './customers.ts';
