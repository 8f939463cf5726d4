import { ApiError, buttonClass } from '@feiqian/ui';
import { Link } from '@tanstack/react-router';
import { useCreditText } from './credit-text.ts';

/** The way to the real-name check, after a refusal that wants it first. */
export function NeedsIdentity({ error }: { error: unknown }) {
  const t = useCreditText();
  if (!(error instanceof ApiError) || error.code !== 'identity_required') return null;
  return (
    <Link to="/me/identity" className={buttonClass('secondary')}>
      {t('identity')}
    </Link>
  );
}
