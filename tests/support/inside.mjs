// Loaded into a network's process by the tests (`node --import`), never by the network itself: stops the process at a
// named instant of its work with the database, moves its clock, and tells how much memory it holds. The program under
// test is the one that is shipped; what is changed are the two database drivers below it and `Date.now`.
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';

const never = () => new Promise(() => undefined);
/** Instants to stop at: `when` relative to the work that has the text `on` in a statement or its parameters. */
const halts = [];

const realNow = Date.now;
/** The process's time: it stands at an instant, or goes on from it. Null is the machine's. */
let clock = null;
let setAt = 0;
Date.now = () => (clock === null ? realNow() : clock.atMs + (clock.stands ? 0 : realNow() - setAt));
function setClock(told) {
  clock = told;
  setAt = realNow();
}

const saying = (text, params) =>
  `${text} ${JSON.stringify(params ?? [], (_, v) => (typeof v === 'bigint' ? `${v}` : v))}`;

/** True when the process is to stop here for good; the tests are told. */
function stops(when, said) {
  const halt = halts.find((h) => h.when === when && said.includes(h.on));
  if (halt === undefined) return false;
  process.send({ halted: halt.name });
  return true;
}

function patchPglite() {
  const proto = Object.getPrototypeOf(PGlite.prototype);
  const { transaction } = proto;
  proto.transaction = async function (work) {
    let said = '';
    const value = await transaction.call(this, async (tx) => {
      const query = async (text, params) => {
        const statement = saying(text, params);
        said += statement;
        return stops('before', statement) ? never() : tx.query(text, params);
      };
      const done = await work({ query });
      return stops('before_commit', said) ? never() : done;
    });
    return stops('after_commit', said) ? never() : value;
  };
}

function patchPg() {
  const { query } = pg.Client.prototype;
  const open = new WeakMap();
  pg.Client.prototype.query = function (...args) {
    const [config] = args;
    const text = typeof config === 'string' ? config : config?.text;
    if (text === 'begin') open.set(this, '');
    const said = open.get(this);
    if (said === undefined) return query.apply(this, args);
    if (text === 'rollback') open.delete(this);
    if (text !== 'commit') {
      const statement = saying(text, config?.values ?? args[1]);
      open.set(this, said + statement);
      return stops('before', statement) ? never() : query.apply(this, args);
    }
    open.delete(this);
    if (stops('before_commit', said)) return never();
    return query.apply(this, args).then((result) => (stops('after_commit', said) ? never() : result));
  };
}

patchPglite();
patchPg();

/** A process that is held ready has everything loaded before it is told to begin. */
if (process.env.TEST_WAITS === 'true') {
  const warm = [
    '@fastify/swagger',
    '@fastify/static',
    '@scalar/fastify-api-reference',
    'fastify',
    'pino',
    'prom-client',
    'typebox',
    'commander',
  ];
  const began = new Promise((resolve) => process.once('message', resolve));
  await Promise.all(warm.map((name) => import(name).catch(() => undefined)));
  const begin = await began;
  setClock(begin.clock);
  halts.push(...begin.halts);
}

process.on('message', (told) => {
  if (told.clock !== undefined) setClock(told.clock);
  if (told.halt !== undefined) halts.push(told.halt);
  if (told.memory) globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  process.send({ heard: told.number, bytes: told.memory ? heapUsed + external : 0 });
});
process.on('disconnect', () => process.exit(1));
process.channel.unref();
