// Plays a lively morning through the API, so that no chart in a picture is empty.
import { createECDH, createHash, createHmac, generateKeyPairSync, hkdfSync, sign } from 'node:crypto';

/** A card whose bank answers late takes nine seconds: others go on meanwhile. */
const atOnceMax = 12;
const amounts = [480, 800, 1200, 1800, 2200, 2600, 3900, 6840, 12_850];

/** Somebody who calls the API; throws with what came when it is refused. A wallet signs with its `requestKey`. */
function callerAt(address, token, requestKey) {
  return async function call(method, path, body) {
    const key = crypto.randomUUID();
    const text = body === undefined ? undefined : JSON.stringify(body);
    const signed =
      requestKey === undefined || method === 'GET'
        ? {}
        : signature(requestKey, method, path, text, key, (await call('GET', '/v1/wallet/nonces')).data[0]);
    const response = await fetch(address + path, {
      method,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(method === 'GET' ? {} : { 'idempotency-key': key }),
        ...signed,
      },
      body: text,
    });
    const answer = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${answer}`);
    return answer === '' ? undefined : JSON.parse(answer);
  };
}

/** The headers of a signed request (docs/device-key.md). */
function signature(requestKey, method, path, text, key, nonce) {
  const hash = createHash('sha256')
    .update(text ?? '')
    .digest('base64url');
  const over = ['feiqian request 1', method, path, hash, key, nonce].join('\n');
  return {
    'device-nonce': nonce,
    'device-signature': createHmac('sha256', requestKey).update(over).digest('base64url'),
  };
}

/** Signs a person in on a device with keys of its own: the token, and the key of its requests. */
async function signIn(anyone, mobile, code) {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x, y } = privateKey.export({ format: 'jwk' });
  const point = [Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')];
  const signing = Buffer.concat(point).toString('base64url');
  const ecdh = createECDH('prime256v1');
  const agreement = ecdh.generateKeys().toString('base64url');
  const over = Buffer.from(['feiqian device 1', mobile, code, signing, agreement].join('\n'));
  const proof = sign('sha256', over, { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url');
  const device_key = { signing, agreement, signature: proof };
  const session = await anyone('POST', '/v1/wallet/sessions', {
    mobile,
    code,
    device_name: 'pictures',
    device_key,
  });
  const network = session.request_key.agreement;
  const shared = ecdh.computeSecret(Buffer.from(network, 'base64url'));
  const salt = `${agreement} ${network}`;
  const requestKey = Buffer.from(hkdfSync('sha256', shared, salt, 'feiqian request key 1', 32));
  return { token: session.token, requestKey };
}

async function walletOf(address, sandbox, mobile) {
  const anyone = callerAt(address);
  await anyone('POST', '/v1/wallet/codes', { mobile });
  const { token, requestKey } = await signIn(anyone, mobile, sandbox.code);
  const call = callerAt(address, token, requestKey);
  const { data: banks } = await call('GET', '/v1/wallet/banks');
  const bank_ids = banks.map((bank) => bank.id);
  const discovery = await call('POST', '/v1/wallet/card-discoveries', { bank_ids, consent: true });
  const cards = discovery.banks.flatMap((one) =>
    one.cards.map((card) => ({ bank_id: one.bank.id, ref: card.ref })),
  );
  await call('POST', '/v1/wallet/cards', { discovery_id: discovery.id, cards: cards.slice(0, 10) });
  return { call, cards: (await call('GET', '/v1/wallet/cards')).data };
}

const pick = (list) => list[Math.floor(Math.random() * list.length)];

/**
 * Payments at all stores by several people, a few of them with test cards, some refunded; until `stop` is called.
 * @param {string} address of a network with its sandbox city
 */
export async function startTraffic(address, sandbox) {
  const anyone = callerAt(address);
  const { token } = await anyone('POST', '/v1/console/sessions', {
    username: sandbox.console[0].username,
    password: sandbox.console[0].password,
  });
  const { data: merchants } = await callerAt(address, token)('GET', '/v1/console/merchants?limit=100');
  const stores = merchants.flatMap((merchant) => merchant.stores);
  const merchant = callerAt(address, sandbox.demo_key.secret);
  const wallets = [];
  // The first person is left to the wallet in the pictures.
  for (const { mobile } of sandbox.people.slice(1, 5)) wallets.push(await walletOf(address, sandbox, mobile));
  const tester = await walletOf(address, sandbox, sandbox.people.at(-1).mobile);
  const silent = sandbox.test_cards.find((card) => card.outcome === 'time_out').number.slice(-4);
  const playable = tester.cards.filter((card) => card.last4 !== silent);

  async function create(payer, number) {
    const amount = pick(amounts);
    if (number % 2 === 0)
      return payer.call('POST', '/v1/wallet/payments', {
        store_id: pick(stores).id,
        amount,
        currency: 'CNY',
      });
    return merchant('POST', '/v1/payments', {
      amount,
      currency: 'CNY',
      store_id: sandbox.demo_key.store_id,
      order_reference: `A${String(1000 + number)}`,
    });
  }

  async function sell(number) {
    const payer = number % 11 === 7 ? tester : pick(wallets);
    const cards = payer === tester ? playable : payer.cards;
    const { id } = await create(payer, number);
    const paid = await payer.call('POST', `/v1/wallet/payments/${id}/pay`, { card_id: pick(cards).id });
    if (paid.state === 'captured' && number % 19 === 1) {
      const refund = { amount: Math.floor(paid.amount / 2), reason: '顾客退回一件' };
      await merchant('POST', `/v1/payments/${id}/refunds`, refund);
    }
  }

  let stopped = false;
  const running = new Set();
  const selling = (async () => {
    for (let number = 1; !stopped; number++) {
      // A wave of a minute and a half between one and four sales a second.
      const perSecond = 2.5 + 1.5 * Math.sin((Date.now() / 90_000) * 2 * Math.PI);
      if (running.size < atOnceMax) {
        const sale = sell(number).catch(() => undefined);
        running.add(sale);
        void sale.then(() => running.delete(sale));
      }
      await new Promise((resolve) => setTimeout(resolve, 1000 / perSecond));
    }
    await Promise.all(running);
  })();

  return {
    /** The story of a bank that stays silent: the id of a payment that the network has reversed. */
    async reversed() {
      const { id } = await create(tester, 0);
      const card = tester.cards.find((one) => one.last4 === silent);
      await tester.call('POST', `/v1/wallet/payments/${id}/pay`, { card_id: card.id });
      for (;;) {
        const { state } = await tester.call('GET', `/v1/wallet/payments/${id}`);
        if (state === 'reversed') return id;
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    },
    async stop() {
      stopped = true;
      await selling;
    },
  };
}
