import type { History } from '../history.ts';
import { type Corruption, nobody } from './corruption.ts';

/** Payments by themselves, and what was told of them. */
export function payments(h: History): Corruption[] {
  return [
    {
      what: 'a payment that nothing will ever end',
      seenBy: ['network.no_unfinished'],
      plant: [
        `update payments.payment set due_at = null where id = '${h.created}'`,
        `delete from payments.due where payment_id = '${h.created}'`,
      ],
    },
    {
      what: 'a payment that the sweeper will never look at',
      seenBy: ['network.due_is_listed'],
      plant: [`delete from payments.due where payment_id = '${h.created}'`],
    },
    {
      what: 'a payment that is paid and still listed as due',
      seenBy: ['network.due_is_listed'],
      plant: [
        `insert into payments.due (at, payment_id) select expires_at, id from payments.payment where id = '${h.captured}'`,
      ],
    },
    {
      what: 'a payment under another reference than its payer’s list has',
      seenBy: ['network.payer_is_listed'],
      plant: [`update payments.payer set rrn = 'ELSEWHERE' where payment_id = '${h.captured}'`],
    },
    {
      what: 'an authorisation long past its hour',
      seenBy: ['network.no_unfinished'],
      plant: [
        `update payments.payment set due_at = created_at - interval '1 hour' where id = '${h.authorised}'`,
        `update payments.due d set at = p.due_at from payments.payment p where p.id = d.payment_id and p.id = '${h.authorised}'`,
      ],
    },
    {
      what: 'a second approval of one payment',
      seenBy: ['network.one_success'],
      plant: [
        `insert into links.exchange (id, group_id, member_id, kind, mti, rrn, stan, sent_at, received_at, response_code, outcome, request, response)
        select ${nobody}, group_id, member_id, kind, mti, rrn, stan, sent_at, received_at, response_code, outcome, request, response
        from links.exchange where group_id = '${h.captured}' and kind = 'financial'`,
      ],
    },
    {
      what: 'an approval that nobody gave',
      seenBy: ['network.one_success'],
      plant: [`update links.exchange set response_code = '05' where group_id = '${h.authorised}'`],
    },
    {
      what: 'two messages under one reference',
      seenBy: ['network.references_unique'],
      plant: [
        `update links.forward f set payload = jsonb_set(payload, '{rrn}', to_jsonb(p.rrn))
        from payments.payment p where p.id = f.group_id and f.kind = 'completion_advice' and p.id = '${h.capturedLater}'`,
      ],
    },
    {
      what: 'more authorised than was asked for',
      seenBy: ['network.amounts_within'],
      plant: [
        `alter table payments.payment drop constraint if exists payment_check`,
        `update payments.payment set authorised_amount = amount + 1 where id = '${h.capturedLater}'`,
      ],
    },
    {
      what: 'a payment captured without being sent',
      seenBy: ['network.steps_allowed'],
      plant: [`delete from outbox.event where object_id = '${h.captured}' and type = 'payment.processing'`],
    },
    {
      what: 'a payment that was never created',
      seenBy: ['network.steps_allowed'],
      plant: [`delete from outbox.event where object_id = '${h.captured}' and type = 'payment.created'`],
    },
    {
      what: 'a reversal of which nobody was told',
      seenBy: ['network.state_is_told'],
      plant: [`delete from outbox.event where object_id = '${h.reversed}' and type = 'payment.reversed'`],
    },
    {
      what: 'news of a payment that does not exist',
      seenBy: ['network.state_is_told'],
      plant: [
        `update outbox.event set object_id = ${nobody} where object_id = '${h.created}'`,
        `insert into outbox.event (id, type, object_id, tenants, at, data)
          select ${nobody}, e.type, p.id, e.tenants, e.at, e.data from outbox.event e, payments.payment p
          where e.object_id = ${nobody} and p.id = '${h.created}'`,
      ],
    },
    {
      what: 'a sale of which its merchant hears nothing',
      seenBy: ['network.told_to_the_right_ones'],
      plant: [
        `update outbox.event set tenants = '{}' where object_id = '${h.captured}' and type = 'payment.captured'`,
      ],
    },
  ];
}

/** What banks and callers were told, and what is to be forgotten. */
export function messages(h: History): Corruption[] {
  const advice = (payment: string, kind: string, created: string, escalated: string) => `
    insert into links.forward (id, member_id, kind, group_id, pan_token, payload, created_at, next_attempt_at, acknowledged_at, outcome)
    select ${nobody}, member_id, '${kind}', '${payment}', pan_token, payload, ${created}, created_at, ${escalated}
    from links.forward where group_id = '${h.reversed}' and kind = 'reversal_advice'`;
  return [
    {
      what: 'a payment reversed that no bank has reversed',
      seenBy: ['network.unknown_is_reversed'],
      plant: [
        `update links.forward set acknowledged_at = null, outcome = null where group_id = '${h.reversed}'`,
      ],
    },
    {
      what: 'a released hold of which the bank is not told',
      seenBy: ['network.unknown_is_reversed'],
      plant: [`delete from links.forward where group_id = '${h.cancelled}'`],
    },
    {
      what: 'a payment that stands and is reversed at its bank',
      seenBy: ['network.no_reversal_of_success'],
      plant: [advice(h.captured, 'reversal_advice', 'created_at', `acknowledged_at, 'accepted'`)],
    },
    {
      what: 'an issuer told another amount than was captured',
      seenBy: ['network.capture_is_told'],
      plant: [
        `update links.forward set payload = jsonb_set(payload, '{amount}', '"591"')
        where group_id = '${h.capturedLater}' and kind = 'completion_advice'`,
      ],
    },
    {
      what: 'a refund that succeeded although the bank refused it',
      seenBy: ['network.refund_is_told'],
      plant: [
        `update links.forward set outcome = 'refused' where group_id = '${h.partlyRefunded}' and kind = 'refund_advice'`,
      ],
    },
    {
      what: 'a message that waits for hours and is on no list',
      seenBy: ['network.waiting_is_escalated'],
      plant: [advice(h.reversed, 'reversal_advice', `created_at - interval '2 hours'`, 'null, null')],
    },
    {
      what: 'an idempotency key that nobody forgets',
      seenBy: ['network.keys_are_forgotten'],
      plant: [
        `update idempotency.key set created_at = created_at - interval '3 days'
        where object_id = '${h.created}'`,
      ],
    },
    {
      what: 'a used pay code that nobody forgets',
      seenBy: ['network.codes_are_forgotten'],
      plant: [`update wallets.used_pay_code set step = 1 where payment_id = '${h.collected}'`],
    },
    {
      what: 'an answer that tells of a sale that was declined',
      seenBy: ['network.saved_answers_are_true'],
      plant: [
        `update idempotency.key set answer = replace(answer, '"state":"declined"', '"state":"captured"')
        where object_id = '${h.declined}'`,
      ],
    },
    {
      what: 'an answer about a payment that is gone',
      seenBy: ['network.saved_answers_are_true'],
      plant: [
        `update idempotency.key set answer = replace(answer, replace('${h.created}', '-', ''), repeat('0', 32))
        where object_id = '${h.created}'`,
      ],
    },
  ];
}
