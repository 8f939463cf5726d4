import { AsyncLocalStorage } from 'node:async_hooks';
import type { Db } from '@feiqian/db';

/**
 * Makes a database refuse what would hang the embedded engine for ever: a statement or a transaction on the
 * database itself from within an open transaction, which there waits for itself. On a server the same mistake
 * takes a second connection while the first is held.
 */
export function refuseNesting(...dbs: Db[]): void {
  const open = new AsyncLocalStorage<{ open: boolean }>();
  for (const db of dbs) refuse(db, open);
}

function refuse(db: Db, open: AsyncLocalStorage<{ open: boolean }>): void {
  const { query, transaction } = db;
  const check = () => {
    if (open.getStore()?.open)
      throw new Error('the database was used from within one of its open transactions');
  };
  db.query = (text, params, name) => {
    check();
    return query(text, params, name);
  };
  db.transaction = (work, options) => {
    check();
    return transaction((tx) => {
      const mark = { open: true };
      return open
        .run(mark, () => work(tx))
        .finally(() => {
          mark.open = false;
        });
    }, options);
  };
}
