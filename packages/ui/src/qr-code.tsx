import { useMemo } from 'react';
import { cx } from './cx.ts';
import { useUiText } from './i18n.ts';
import { type QrCorrection, qrMatrix, qrPath } from './qr-matrix.ts';

interface QrCodeProps {
  text: string;
  correction?: QrCorrection;
  /** Spoken name: what the code is for, not what it contains. */
  label?: string;
  className?: string;
}

/** A QR code: always dark on white, square corners, quiet zone included, whatever the theme. */
export function QrCode({ text, correction = 'medium', label, className }: QrCodeProps) {
  const t = useUiText();
  const { path, size } = useMemo(() => {
    const matrix = qrMatrix(text, correction);
    return { path: qrPath(matrix), size: matrix.length };
  }, [text, correction]);
  return (
    <svg
      role="img"
      aria-label={label ?? t('code.qr')}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      className={cx('aspect-square w-full', className)}
      style={{ background: 'var(--code-paper)', color: 'var(--code-ink)' }}
    >
      <path d={path} fill="currentColor" />
    </svg>
  );
}
