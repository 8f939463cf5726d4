import { ApiError, buttonClass, EmptyState, ErrorNotice, Field, parseMinor } from '@feiqian/ui';
import { Link } from '@tanstack/react-router';
import { useRequestsText } from './requests-text.ts';

export const currency = 'CNY';
/** Minor units of what was typed; 0 for nothing that is an amount. */
export const minorOf = (text: string): number => parseMinor(text, currency) ?? 0;
export const digitsOf = (text: string): string => text.replace(/\D/g, '').slice(0, 11);
export const isMobile = (digits: string): boolean => /^1[3-9]\d{9}$/.test(digits);

/** An amount in large figures. */
export function AmountField(props: { label: string; value: string; onChange: (text: string) => void }) {
  return (
    <Field
      label={props.label}
      value={props.value}
      inputMode="decimal"
      autoComplete="off"
      placeholder="0.00"
      className="figures text-40"
      onChange={(event) => props.onChange(event.target.value.replace(/[^\d.]/g, ''))}
    />
  );
}

/** A mobile number and how one calls its owner. */
export function PersonFields(props: {
  mobile: string;
  name: string;
  onMobile: (digits: string) => void;
  onName: (name: string) => void;
}) {
  const t = useRequestsText();
  const wrong = props.mobile.length === 11 && !isMobile(props.mobile);
  return (
    <>
      <Field
        label={t('mobile')}
        value={props.mobile}
        inputMode="numeric"
        autoComplete="off"
        maxLength={11}
        error={wrong ? t('mobileWrong') : undefined}
        onChange={(event) => props.onMobile(digitsOf(event.target.value))}
      />
      <Field
        label={t('name')}
        hint={t('nameHint')}
        value={props.name}
        autoComplete="off"
        maxLength={30}
        onChange={(event) => props.onName(event.target.value)}
      />
    </>
  );
}

/** Why nobody was asked; somebody who has no card to receive with is led to choose one. */
export function AskProblem({ error }: { error: unknown }) {
  const t = useRequestsText();
  if (error instanceof ApiError && error.code === 'receiving_needed')
    return (
      <div role="alert" className="rounded-card border border-line bg-raised">
        <EmptyState
          title={t('receivingTitle')}
          detail={t('receivingDetail')}
          action={
            <Link to="/receive" className={buttonClass('primary')}>
              {t('receivingDo')}
            </Link>
          }
        />
      </div>
    );
  const unanswered = error instanceof ApiError && error.unanswered;
  return <ErrorNotice error={error} assurance={unanswered ? undefined : t('notAsked')} />;
}
