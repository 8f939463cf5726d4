import { type Access, agree, provesItself } from '@feiqian/access';
import type { Clock } from '@feiqian/clock';
import type { DeviceKey } from '@feiqian/contract';
import type { Db, Sql, Tx } from '@feiqian/db';
import { ProblemError } from '@feiqian/http';
import type { Ids } from '@feiqian/ids';
import type { Tokens } from '@feiqian/tokens';
import type { Admission, AdmissionOutcome } from './admission.ts';
import { createAdmissions, type DeviceNews } from './admissions.ts';
import type { BankFace, BankPort } from './bank.ts';
import { createBinding } from './bindings.ts';
import { maskMobile, type Person, type WalletDevice } from './card.ts';
import type { DeviceState } from './freeze.ts';
import { createFreezes } from './freezes.ts';
import { createLeaving } from './leaving.ts';
import { createPayCodes } from './payCodes.ts';
import { maskName } from './realName.ts';
import { createRealNames } from './realNames.ts';
import * as admissions from './store/admissions.ts';
import * as store from './store.ts';

export interface WalletsDeps {
  db: Db;
  clock: Clock;
  ids: Ids;
  access: Access;
  tokens: Tokens;
  banks: BankPort;
  /** Told of the accounts behind the cards that are bound, in the same transaction. */
  onBound?: (
    tx: Tx,
    accounts: readonly { userId: string; memberId: string; consentId: string; ref: string }[],
  ) => Promise<void>;
  /** Tells a person's devices of another one, in the same transaction. */
  announce?: (tx: Tx, news: DeviceNews, owner: { userId: string; deviceId: string }) => Promise<void>;
  /** Told of devices that are to hear nothing more, removed or held still, in the same transaction. */
  onSilenced?: (tx: Tx, deviceIds: readonly string[]) => Promise<void>;
  /** True when the policy asks nothing of a second device: it need not wait to be let in. */
  letsInFreely?: () => boolean;
  /** The issuers a wallet may bind cards of. */
  issuers: () => BankFace[];
  /** The issuer a card number belongs to, or null. */
  issuerOf: (pan: string) => string | null;
  seal: (purpose: string, plain: Uint8Array, context?: string) => Uint8Array;
  open: (purpose: string, sealed: Uint8Array, context?: string) => Uint8Array;
  keyedHash: (purpose: string, text: string) => Uint8Array;
}

export interface SignedIn {
  person: Person;
  device: WalletDevice;
  /** What a device waits for that is not let in yet. */
  admission: Admission | null;
  secret: string;
  payCodeKey: { handle: string; secret: string };
  /** The network's point of the key agreement; null when the device brought no keys. */
  agreement: string | null;
}

const secretBytes = 32;
const handleTriesMax = 20;
const toJson = (amount: bigint | null): number | null => (amount === null ? null : Number(amount));
const sealPurpose = { mobile: 'mobile', device: 'pay code secret' } as const;

export type Wallets = ReturnType<typeof createWallets>;

/** People, devices, bound cards and pay codes. */
export function createWallets(deps: WalletsDeps) {
  const { db, clock, ids, access } = deps;

  /**
   * Signs a person in on a new device: the first sign-in of a number makes the person. A device without keys cannot
   * sign, so its session moves nothing over the API.
   */
  async function signIn(input: {
    mobile: string;
    code: string;
    name: string | null;
    deviceName: string;
    deviceKey: DeviceKey | null;
  }): Promise<SignedIn> {
    const { deviceKey } = input;
    const agreed = deviceKey && agreeWith(input.mobile, input.code, deviceKey);
    await access.codes.use(input.mobile, input.code);
    const now = clock.now();
    const secret = Buffer.from(ids.secret(secretBytes), 'base64url');
    return db.transaction(async (tx) => {
      const person = await store.putPerson(
        tx,
        {
          id: ids.uuid(),
          mobileHash: deps.keyedHash('mobile', input.mobile),
          mobileSealed: deps.seal(sealPurpose.mobile, Buffer.from(input.mobile)),
          mobileMasked: maskMobile(input.mobile),
          name: input.name,
        },
        now,
      );
      // A device without keys can decide nothing and be let in to nothing.
      const state = deviceKey === null ? 'active' : await joining.stateFor(tx, person.id);
      const device = await addDevice(
        tx,
        { userId: person.id, name: input.deviceName, signingKey: deviceKey?.signing ?? null, state },
        secret,
        now,
      );
      const admission =
        state === 'pending' ? await joining.ask(tx, { userId: person.id, deviceId: device.id }) : null;
      const held = state === 'active' ? {} : { held: state };
      const credential = await access.issue(
        tx,
        { kind: 'wallet', userId: person.id, deviceId: device.id, freeMax: toJson(person.freeMax), ...held },
        input.deviceName,
        device.id,
        { requestKey: agreed?.requestKey ?? null },
      );
      const payCodeKey = { handle: device.handle, secret: secret.toString('base64url') };
      const agreement = agreed?.agreement ?? null;
      return { person, device, admission, secret: credential.secret, payCodeKey, agreement };
    });
  }

  /** The request key of the new session, for a device that has the keys it sends. */
  function agreeWith(mobile: string, code: string, deviceKey: DeviceKey) {
    const agreed = provesItself(mobile, code, deviceKey)
      ? agree(deviceKey.agreement, () => Buffer.from(ids.secret(secretBytes), 'base64url'))
      : null;
    if (agreed === null) throw new ProblemError('signature_invalid');
    return agreed;
  }

  async function addDevice(
    tx: Tx,
    made: { userId: string; name: string; signingKey: string | null; state: DeviceState },
    secret: Uint8Array,
    now: number,
  ): Promise<WalletDevice> {
    const { userId, name, state } = made;
    const id = ids.uuid();
    const sealed = deps.seal(sealPurpose.device, secret, id);
    for (let i = 0; i < handleTriesMax; i++) {
      const handle = String(Buffer.from(ids.secret(4), 'base64url').readUInt32BE(0) % 100_000_000).padStart(
        8,
        '0',
      );
      if (await store.insertDevice(tx, { id, handle, secret: sealed, ...made }, now)) {
        return { id, userId, name, handle, state, createdAtMs: now, lastUsedAtMs: now };
      }
    }
    throw new Error('no free pay code handle was found');
  }

  /** Inside a transaction hand it in as `sql`. */
  async function me(userId: string, deviceId: string, sql: Sql = db) {
    const person = await store.personById(sql, userId);
    const device = (await store.devicesOf(sql, userId)).find((d) => d.id === deviceId);
    if (!person || !device) throw new ProblemError('unauthenticated');
    const admission =
      device.state === 'pending' ? ((await joining.waitingOf(userId, sql)).get(deviceId) ?? null) : null;
    await store.touchDevice(sql, deviceId, clock.now());
    return { person, device, admission };
  }

  /** Removes a device: its sessions end and its tokens die in the same commit. */
  async function removeDevice(
    tx: Tx,
    userId: string,
    deviceId: string,
    outcome: AdmissionOutcome = 'refused',
  ): Promise<void> {
    const now = clock.now();
    if (!(await store.removeDevice(tx, userId, deviceId, now))) throw new ProblemError('not_found');
    await admissions.endAdmission(tx, deviceId, { outcome, by: null, atMs: now });
    await deps.tokens.removeDevice(tx, deviceId);
    await access.revokeAllOf(tx, deviceId, 'wallet');
    await deps.onSilenced?.(tx, [deviceId]);
    await deps.announce?.(tx, 'device.ended', { userId, deviceId });
  }

  const joining = createAdmissions(deps, removeDevice);

  /** Sets the largest payment that goes unverified, on all devices; the caller says within what bounds. */
  async function setFreeMax(tx: Tx, userId: string, amount: bigint): Promise<void> {
    await store.setFreeMax(tx, userId, amount);
    const devices = (await store.devicesOf(tx, userId)).map((d) => d.id);
    await access.amend(tx, devices, 'wallet', { freeMax: toJson(amount) });
  }

  async function mobileOf(userId: string): Promise<string> {
    const person = await store.personById(db, userId);
    if (!person) throw new ProblemError('unauthenticated');
    return Buffer.from(deps.open(sealPurpose.mobile, person.mobileSealed)).toString();
  }

  const names = createRealNames(deps, mobileOf);
  return {
    signIn,
    me,
    async person(userId: string): Promise<Person> {
      const found = await store.personById(db, userId);
      if (!found) throw new ProblemError('not_found');
      return found;
    },
    devices: (userId: string) => store.devicesOf(db, userId),
    lockDevice: store.lockDevice,
    removeDevice,
    setFreeMax,
    mobileOf,
    /** What others may see of people: a masked name, or the masked mobile number of one without a name. */
    async shownNames(sql: Sql, userIds: readonly string[]): Promise<Map<string, string>> {
      const people = await store.peopleByIds(sql, userIds);
      return new Map(people.map((p) => [p.id, p.name === null ? p.mobileMasked : maskName(p.name)]));
    },
    issuers: deps.issuers,
    ...createBinding(deps, mobileOf),
    ...names,
    ...createLeaving(deps, { mobileOf, identityOf: names.identityOf, removeDevice }),
    ...createFreezes(deps, removeDevice),
    approveDevice: joining.approve,
    refuseDevice: joining.refuse,
    recover: joining.recover,
    mustHaveAsked: joining.mustHaveAsked,
    waitingOf: joining.waitingOf,
    expireAdmissions: joining.expireAdmissions,
    forgetAdmissions: joining.forgetAdmissions,
    ...createPayCodes(deps, (sealed, deviceId) => deps.open(sealPurpose.device, sealed, deviceId)),
  };
}
