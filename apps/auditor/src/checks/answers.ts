import { type Check, paid } from '../check.ts';

/** What a caller was told is paid, held or refunded, against what is in the database. `told` has the columns of `answersOf`. */
const contradictions = (told: string) => `
  select t.what, t.object || ' ' || t.state || coalesce(' ' || t.amount, '') || ', is '
      || coalesce(p.state || ' ' || p.captured_amount, r.state || ' ' || r.amount, 'missing') as found
  from (${told}) t
  left join payments.payment p on t.object = 'payment' and p.id = t.id
  left join payments.refund r on t.object = 'refund' and r.id = t.id
  where (t.object = 'payment' and p.id is null) or (t.object = 'refund' and r.id is null)
    or (t.object = 'payment' and t.state in ${paid} and (p.state not in ${paid} or p.captured_amount <> t.amount))
    or (t.object = 'payment' and t.state = 'authorised' and p.state in ('created', 'processing', 'declined', 'unknown', 'reversed'))
    or (t.object = 'payment' and t.state in ('cancelled', 'expired', 'reversed') and p.state <> t.state)
    or (t.object = 'refund' and t.state in ('succeeded', 'failed') and r.state <> t.state)
    or (t.object = 'refund' and r.amount <> t.amount)`;

/** The object of an answer's body, from its text: payments and refunds begin with their id and tell their state. */
const answersOf = (rows: string) => `
  select what, case left(body, 11) when '{"id":"pay_' then 'payment' else 'refund' end as object,
    substr(body, 12, 32)::uuid as id, substring(body from '"state":"([a-z_]+)"') as state,
    case left(body, 11) when '{"id":"pay_' then substring(body from '"captured_amount":([0-9]+)')
      else substring(body from '"amount":([0-9]+)') end::bigint as amount
  from ${rows} where body ~ '^[{]"id":"(pay|ref)_[0-9a-f]{32}"'`;

/** Answers that are kept to be given again are true. */
export const savedAnswerChecks: readonly Check[] = [
  {
    of: 'network',
    pace: 'whole' as const,
    subject: 'key',
    over: 'idempotency.key',
    id: 'I1',
    name: 'saved_answers_are_true',
    title: {
      en: 'what was answered under an idempotency key, and would be answered again, is in the database',
      zh: '按幂等键存下、会再次给出的答复，都与数据库一致',
    },
    sql: contradictions(
      answersOf(
        `(select substr(k.answer, 8, 36) as what, k.answer as body from idempotency.key k where k.status between 200 and 299) saved`,
      ),
    ),
  },
];

/** The same for a list of bodies that callers received, in `$1` (a text array). */
export const givenAnswersSql = contradictions(
  answersOf('(select substr(body, 8, 36) as what, body from unnest($1::text[]) as given (body)) given'),
);
