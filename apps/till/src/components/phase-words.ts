import { useUiText } from '@feiqian/ui';
import { useTranslation } from 'react-i18next';
import type { ReadCode } from '../model/pay-code.ts';
import { interrupted, type Phase, type Refusal } from '../model/sale.ts';

/** The word for a phase. */
export function usePhaseWord(): (phase: Phase) => string {
  const { t } = useTranslation();
  return (phase) => {
    if (phase === 'opening' || phase === 'showing') return t('pending.waiting');
    if (phase === 'collecting' || phase === 'checking') return t('pending.checking');
    return t(`result.${phase}`);
  };
}

/** Why the network refused, in the cashier's language. */
export function useRefusalWords(): (refusal: Refusal) => string {
  const { t } = useTranslation();
  const ui = useUiText();
  return (refusal) => {
    if (refusal.code === interrupted) return t('interrupted');
    const known = ui(`problem.${refusal.code}` as 'problem.not_found', { defaultValue: '' });
    return known || t('refusedOther', { code: refusal.code });
  };
}

/** What is wrong with a code that was scanned and is no pay code. */
export function useCodeWords(): (kind: Exclude<ReadCode['kind'], 'pay_code'>) => string {
  const { t } = useTranslation();
  return (kind) => t(kind === 'merchant_code' ? 'scan.merchantCode' : `scan.${kind}`);
}
