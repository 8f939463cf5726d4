import { Amount, cx } from '@feiqian/ui';
import {
  ArrowDownLeft,
  ArrowUpRight,
  Ban,
  Bell,
  CircleCheck,
  CirclePlay,
  CirclePlus,
  CircleX,
  Clock,
  Hourglass,
  type LucideIcon,
  Repeat2,
  RotateCcw,
  Scale,
  Undo2,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { answerMti, isApproval } from '../model/message.ts';
import { formatMs } from '../model/numbers.ts';
import {
  type StoryEntry,
  type StoryExchange,
  type StoryForward,
  type StoryStep,
  sinceStart,
} from '../model/story.ts';
import { markOf } from '../model/taccount.ts';
import { usePick, useWord } from '../words.ts';
import { RawJson } from './raw-json.tsx';
import { Time } from './time.tsx';

type Tone = 'plain' | 'jade' | 'rose' | 'amber' | 'azure';

const discs: Record<Tone, string> = {
  plain: 'border-line-strong text-muted',
  jade: 'border-jade text-jade',
  rose: 'border-rose text-rose',
  amber: 'border-amber text-amber',
  azure: 'border-azure text-azure',
};

const events: Record<string, { icon: LucideIcon; tone: Tone }> = {
  'payment.created': { icon: CirclePlus, tone: 'plain' },
  'payment.processing': { icon: CirclePlay, tone: 'plain' },
  'payment.authorised': { icon: CircleCheck, tone: 'azure' },
  'payment.captured': { icon: CircleCheck, tone: 'jade' },
  'payment.declined': { icon: CircleX, tone: 'rose' },
  'payment.cancelled': { icon: Ban, tone: 'plain' },
  'payment.expired': { icon: Clock, tone: 'plain' },
  'payment.unknown': { icon: Hourglass, tone: 'amber' },
  'payment.reversed': { icon: Undo2, tone: 'plain' },
  'payment.refunded': { icon: RotateCcw, tone: 'plain' },
  'payment.partially_refunded': { icon: RotateCcw, tone: 'plain' },
  'payment.refund_pending': { icon: RotateCcw, tone: 'amber' },
  'payment.refund_failed': { icon: CircleX, tone: 'rose' },
  'payment.late_answer': { icon: Clock, tone: 'amber' },
};

interface StepFrameProps {
  icon: LucideIcon;
  tone: Tone;
  at: string | null;
  since: string | null;
  last: boolean;
  title: ReactNode;
  children?: ReactNode;
}

/** One step: when, how long after the start, what. */
function StepFrame({ icon: Icon, tone, at, since, last, title, children }: StepFrameProps) {
  return (
    <li className="relative grid grid-cols-[1.75rem_minmax(0,1fr)] gap-x-3 pb-5 sm:grid-cols-[6.75rem_1.75rem_minmax(0,1fr)]">
      <span className="hidden flex-col items-end pt-0.5 sm:flex">
        {at ? (
          <span className="font-mono text-12 text-ink">
            <Time at={at} look="clock" />
          </span>
        ) : null}
        {since ? <span className="figures font-mono text-12 text-muted">{since}</span> : null}
      </span>
      <span className="relative flex flex-col items-center">
        {last ? null : <span aria-hidden="true" className="-bottom-5 absolute top-7 w-px bg-line" />}
        <span
          className={cx(
            'flex size-7 shrink-0 items-center justify-center rounded-pill border bg-raised',
            discs[tone],
          )}
        >
          <Icon size={15} strokeWidth={1.75} aria-hidden="true" />
        </span>
      </span>
      <div className="min-w-0 pt-0.5">
        <div className="text-14 text-ink">{title}</div>
        <p className="text-12 text-muted sm:hidden">
          {at ? <Time at={at} look="clock" /> : null} {since}
        </p>
        {children}
      </div>
    </li>
  );
}

type Fields = StoryExchange['request'];

function FieldTable({ fields, mti }: { fields: Fields; mti: string }) {
  const { t } = useTranslation();
  return (
    <details className="mt-1.5 text-12">
      <summary className="w-fit rounded-small text-azure hover:underline">
        {t('story.fields', { count: fields.length })}
      </summary>
      <div className="relative mt-1.5 overflow-x-auto rounded-small border border-line">
        <table className="w-full border-collapse text-12" aria-label={mti}>
          <thead className="border-line border-b text-left text-muted">
            <tr>
              <th scope="col" className="px-2 py-1 text-right font-normal">
                {t('story.field')}
              </th>
              <th scope="col" className="px-2 py-1 font-normal">
                {t('story.name')}
              </th>
              <th scope="col" className="px-2 py-1 font-normal">
                {t('story.value')}
              </th>
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {fields.map((field) => (
              <tr key={field.field}>
                <td className="figures px-2 py-1 text-right align-top text-muted">{field.field}</td>
                <td className="whitespace-nowrap px-2 py-1 align-top">{field.name}</td>
                <td className="min-w-44 break-all px-2 py-1 align-top font-mono">{field.value}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function Mti({ children }: { children: string }) {
  return (
    <span className="rounded-small border border-line px-1.5 py-px font-mono text-12 text-ink">
      {children}
    </span>
  );
}

function SentTitle({ exchange, bank }: { exchange: StoryExchange; bank: string }) {
  const { t } = useTranslation();
  const word = useWord();
  return (
    <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
      <Mti>{exchange.mti}</Mti>
      <span className="font-semibold">{word('exchange', exchange.kind)}</span>
      <span className="text-muted">{t('story.sent', { bank })}</span>
      {exchange.received_at === null ? (
        <span className="text-amber">
          {t('story.noAnswer')} · {word('outcome', exchange.outcome)}
        </span>
      ) : null}
    </span>
  );
}

function ReceivedTitle({
  exchange,
  bank,
  tookMs,
}: {
  exchange: StoryExchange;
  bank: string;
  tookMs: number;
}) {
  const { t } = useTranslation();
  const word = useWord();
  const code = exchange.response_code;
  return (
    <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
      <Mti>{answerMti(exchange.mti)}</Mti>
      {code === null ? (
        <span className="font-semibold">{word('outcome', exchange.outcome)}</span>
      ) : (
        <span className={cx('font-semibold', isApproval(code) ? 'text-jade' : 'text-rose')}>
          {code} {word('responseCode', code)}
        </span>
      )}
      <span className="text-muted">
        {t('story.received', { bank })} · {formatMs(tookMs)}
      </span>
    </span>
  );
}

function Posting({ entries, marks }: { entries: readonly StoryEntry[]; marks: ReadonlyMap<string, string> }) {
  const pick = usePick();
  return (
    <ul className="mt-1 flex flex-col gap-1">
      {entries.map((entry) => (
        <li key={entry.id} className="flex flex-wrap items-baseline gap-x-2 text-14">
          <span className="font-mono text-12 text-muted">({marks.get(entry.id)})</span>
          <span>
            {pick(entry.debit.name_zh, entry.debit.name)}
            <span className="px-1.5 text-muted">→</span>
            {pick(entry.credit.name_zh, entry.credit.name)}
          </span>
          <Amount minor={entry.amount} currency={entry.currency} size={14} />
        </li>
      ))}
    </ul>
  );
}

function ForwardNote({ forward }: { forward: StoryForward }) {
  const { t } = useTranslation();
  const word = useWord();
  const state = forward.acknowledged_at
    ? t('story.acknowledged')
    : forward.escalated
      ? t('story.escalated')
      : t('story.waiting');
  return (
    <span className="flex flex-wrap items-center gap-x-2">
      <span className="font-semibold">{t('story.forward')}</span>
      <span>{word('exchange', forward.kind)}</span>
      <span className={forward.escalated && !forward.acknowledged_at ? 'text-rose' : 'text-muted'}>
        {state} · {t('story.attempts', { count: forward.attempts })}
        {forward.response_code
          ? ` · ${forward.response_code} ${word('responseCode', forward.response_code)}`
          : ''}
      </span>
      {!forward.acknowledged_at && forward.next_attempt_at ? (
        <span className="text-muted">
          {t('story.next')} <Time at={forward.next_attempt_at} look="clock" />
        </span>
      ) : null}
    </span>
  );
}

interface StepProps {
  step: StoryStep;
  since: string | null;
  last: boolean;
  marks: ReadonlyMap<string, string>;
  bankName: (code: string) => string;
}

type Frame = Pick<StepFrameProps, 'at' | 'since' | 'last'>;
type Of<K extends StoryStep['kind']> = Extract<StoryStep, { kind: K }>;

function EventStep({ step, frame }: { step: Of<'event'>; frame: Frame }) {
  const word = useWord();
  const look = events[step.event.type] ?? { icon: Bell, tone: 'plain' as const };
  return (
    <StepFrame
      {...frame}
      {...look}
      title={<span className="font-semibold">{word('event', step.event.type)}</span>}
    >
      <RawJson label={step.event.type} value={step.event} />
    </StepFrame>
  );
}

function SentStep({ step, frame, bank }: { step: Of<'sent'>; frame: Frame; bank: string }) {
  const { exchange } = step;
  return (
    <StepFrame
      {...frame}
      icon={ArrowUpRight}
      tone={exchange.received_at === null ? 'amber' : 'azure'}
      title={<SentTitle exchange={exchange} bank={bank} />}
    >
      <FieldTable fields={exchange.request} mti={exchange.mti} />
    </StepFrame>
  );
}

function ReceivedStep({ step, frame, bank }: { step: Of<'received'>; frame: Frame; bank: string }) {
  const { exchange } = step;
  return (
    <StepFrame
      {...frame}
      icon={ArrowDownLeft}
      tone={isApproval(exchange.response_code) ? 'jade' : 'rose'}
      title={<ReceivedTitle exchange={exchange} bank={bank} tookMs={step.tookMs} />}
    >
      {exchange.response ? <FieldTable fields={exchange.response} mti={answerMti(exchange.mti)} /> : null}
    </StepFrame>
  );
}

function EntriesStep(props: { step: Of<'entries'>; frame: Frame; marks: ReadonlyMap<string, string> }) {
  const { t } = useTranslation();
  const word = useWord();
  const { entries } = props.step;
  return (
    <StepFrame
      {...props.frame}
      icon={Scale}
      tone="plain"
      title={
        <span>
          <span className="font-semibold">{t('story.posting')}</span>{' '}
          <span className="text-muted">{word('posting', entries[0]?.kind ?? '')}</span>
        </span>
      }
    >
      <Posting entries={entries} marks={props.marks} />
    </StepFrame>
  );
}

function RefundStep({ step, frame }: { step: Of<'refund'>; frame: Frame }) {
  const { t } = useTranslation();
  const word = useWord();
  const { refund } = step;
  return (
    <StepFrame
      {...frame}
      icon={RotateCcw}
      tone={refund.state === 'failed' ? 'rose' : refund.state === 'pending' ? 'amber' : 'plain'}
      title={
        <span className="flex flex-wrap items-baseline gap-x-2">
          <span className="font-semibold">
            {t('story.refund', { state: word('refundState', refund.state) })}
          </span>
          <Amount minor={refund.amount} currency={refund.currency} size={14} />
          <span className="text-muted">{t('story.refundReason', { reason: refund.reason })}</span>
        </span>
      }
    />
  );
}

function ForwardStep({ step, frame }: { step: Of<'forward'>; frame: Frame }) {
  const { forward } = step;
  return (
    <StepFrame
      {...frame}
      icon={Repeat2}
      tone={forward.acknowledged_at ? 'jade' : forward.escalated ? 'rose' : 'amber'}
      title={<ForwardNote forward={forward} />}
    />
  );
}

function Step({ step, since, last, marks, bankName }: StepProps) {
  const frame: Frame = { at: step.at === null ? null : new Date(step.at).toISOString(), since, last };
  switch (step.kind) {
    case 'event':
      return <EventStep step={step} frame={frame} />;
    case 'sent':
      return <SentStep step={step} frame={frame} bank={bankName(step.exchange.bank)} />;
    case 'received':
      return <ReceivedStep step={step} frame={frame} bank={bankName(step.exchange.bank)} />;
    case 'entries':
      return <EntriesStep step={step} frame={frame} marks={marks} />;
    case 'refund':
      return <RefundStep step={step} frame={frame} />;
    case 'forward':
      return <ForwardStep step={step} frame={frame} />;
  }
}

interface TimelineProps {
  steps: readonly StoryStep[];
  /** All entries of the payment in the order of the T accounts: the letters are shared with them. */
  entries: readonly StoryEntry[];
  bankName: (code: string) => string;
}

/** Everything that happened, in time order. */
export function Timeline({ steps, entries, bankName }: TimelineProps) {
  const marks = new Map(entries.map((entry, index) => [entry.id, markOf(index)]));
  const start = steps.find((step) => step.at !== null)?.at ?? 0;
  return (
    <ol className="flex flex-col">
      {steps.map((step, index) => (
        <Step
          key={step.key}
          step={step}
          since={step.at === null ? null : sinceStart(step.at, start)}
          last={index === steps.length - 1}
          marks={marks}
          bankName={bankName}
        />
      ))}
    </ol>
  );
}
