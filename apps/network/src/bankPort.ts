import { instant } from '@feiqian/clock';
import type { BankApi, BankApiRefusal } from '@feiqian/links';
import type { BankPort } from '@feiqian/wallets';

/** The bank API as wallets know it: they tell "not this person" and "not now" apart, and nothing finer. */
export function bankPort(api: BankApi): BankPort {
  const refusal = (code: BankApiRefusal): 'refused' | 'unavailable' =>
    code === 'card_unknown' || code === 'card_not_active' || code === 'consent_required'
      ? 'refused'
      : 'unavailable';
  return {
    async consent(memberId, person) {
      const answer = await api.openConsent(memberId, person);
      if (answer.ok) return { ok: true, consentId: answer.value.id };
      return { ok: false, code: answer.code === 'customer_unknown' ? 'no_customer' : 'unavailable' };
    },
    async cards(memberId, consentId) {
      const answer = await api.listCards(memberId, consentId);
      if (!answer.ok) return { ok: false, code: refusal(answer.code) };
      const cards = answer.value.map((c) => ({
        ref: c.ref,
        accountRef: c.account_ref,
        kind: c.kind,
        product: c.product,
        productEn: c.product_en,
        last4: c.last4,
        active: c.status === 'active',
      }));
      return { ok: true, cards };
    },
    async provision(memberId, consentId, ref) {
      const answer = await api.provisionCard(memberId, consentId, ref);
      if (!answer.ok) return { ok: false, code: refusal(answer.code) };
      return { ok: true, pan: answer.value.pan, expiry: answer.value.expiry };
    },
    async checkIdentity(memberId, { name, identityNumber, mobile }) {
      const body = { name, identity_number: identityNumber, mobile };
      const answer = await api.ask(memberId, 'checkIdentity', { body });
      if (answer.ok) return { ok: true, match: answer.value.match };
      // A bank that was asked too often about somebody says neither yes nor no, and it is not told on.
      return answer.code === 'too_many_requests' ? { ok: true, match: false } : { ok: false };
    },
    async freeze(memberId, consentId) {
      const body = { consent_id: consentId, reason: 'lost_phone' };
      const answer = await api.ask(memberId, 'freezeCards', { body });
      return answer.ok ? 'done' : refusal(answer.code);
    },
    async revoke(memberId, consentId) {
      const answer = await api.revokeConsent(memberId, consentId);
      return answer.ok || answer.code === 'not_found' ? 'done' : refusal(answer.code);
    },
    async thaw(memberId, consentId, verifiedAtMs) {
      const body = { consent_id: consentId, verified_at: instant(verifiedAtMs) };
      const answer = await api.ask(memberId, 'thawCards', { body });
      if (answer.ok) return 'done';
      return answer.code === 'verification_required' ? 'expired' : refusal(answer.code);
    },
    async balance(memberId, consentId, ref) {
      const answer = await api.cardBalance(memberId, consentId, ref);
      if (!answer.ok) return { ok: false, code: refusal(answer.code) };
      const b = answer.value;
      return {
        ok: true,
        currency: b.currency,
        available: BigInt(b.available),
        balance: BigInt(b.balance),
        creditLimit: b.credit_limit === null ? null : BigInt(b.credit_limit),
        atMs: Date.parse(b.at),
      };
    },
  };
}
