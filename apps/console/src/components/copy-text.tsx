import { cx, toast, useUiText } from '@feiqian/ui';
import { Check, Copy } from 'lucide-react';
import { useState } from 'react';

const shownMs = 2000;

/** Puts text on the clipboard and says so; without permission the text can still be selected by hand. */
export function CopyButton({ text, label, className }: { text: string; label: string; className?: string }) {
  const t = useUiText();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      return;
    }
    setCopied(true);
    toast(t('copied'));
    setTimeout(() => setCopied(false), shownMs);
  };
  const Icon = copied ? Check : Copy;
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      onClick={() => void copy()}
      className={cx(
        'inline-flex min-h-6 min-w-6 items-center justify-center rounded-small p-1 text-muted hover:bg-sunken hover:text-ink',
        className,
      )}
    >
      <Icon size={14} strokeWidth={1.75} aria-hidden="true" />
    </button>
  );
}

/** An identifier that can be taken along: monospaced, whole, with a copy button. */
export function Code({ text, label }: { text: string; label: string }) {
  return (
    <span className="inline-flex max-w-full items-center gap-1">
      <span className="min-w-0 break-all font-mono text-12">{text}</span>
      <CopyButton text={text} label={label} />
    </span>
  );
}
