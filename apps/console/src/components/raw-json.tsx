import { useUiText } from '@feiqian/ui';
import { useState } from 'react';
import { CopyButton } from './copy-text.tsx';

/** The data behind a line, on demand: not in the document before it is asked for. */
export function RawJson({ label, value }: { label: string; value: unknown }) {
  const ui = useUiText();
  const [open, setOpen] = useState(false);
  const text = open ? JSON.stringify(value, null, 2) : '';
  return (
    <details className="mt-1 text-12" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="w-fit rounded-small font-mono text-12 text-muted hover:text-ink hover:underline">
        {label}
      </summary>
      {open ? (
        <div className="relative mt-1.5">
          <CopyButton text={text} label={ui('copy')} className="absolute top-1 right-1 bg-sunken" />
          <pre
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
            tabIndex={0}
            className="max-h-96 overflow-auto whitespace-pre-wrap break-all rounded-small border border-line bg-sunken p-3 font-mono text-12 text-ink"
          >
            {text}
          </pre>
        </div>
      ) : null}
    </details>
  );
}
