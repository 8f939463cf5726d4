import { useMemo } from 'react';
import { code128 } from './code128.ts';
import { useUiText } from './i18n.ts';

/** Quiet zone on each side, in modules (ISO/IEC 15417: at least ten). */
const quiet = 10;

/** Digits as a Code 128 bar code, dark on white, sharp at any size. Give it a height by class. */
export function Barcode({
  digits,
  className,
  label,
}: {
  digits: string;
  className?: string;
  label?: string;
}) {
  const t = useUiText();
  const { path, width } = useMemo(() => {
    const modules = code128(digits);
    let d = '';
    modules.forEach((bar, at) => {
      if (bar) d += `M${at + quiet} 0h1v1h-1z`;
    });
    return { path: d, width: modules.length + 2 * quiet };
  }, [digits]);
  return (
    <svg
      role="img"
      aria-label={label ?? t('code.barcode')}
      viewBox={`0 0 ${width} 1`}
      preserveAspectRatio="none"
      shapeRendering="crispEdges"
      className={className ?? 'h-20 w-full'}
      style={{ background: 'var(--code-paper)', color: 'var(--code-ink)' }}
    >
      <path d={path} fill="currentColor" />
    </svg>
  );
}
