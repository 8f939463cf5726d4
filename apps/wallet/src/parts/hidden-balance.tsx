import { Amount, Button, ErrorNotice, formatAge, Skeleton, useLanguage } from '@feiqian/ui';
import type { UseQueryResult } from '@tanstack/react-query';
import { Eye, EyeOff } from 'lucide-react';
import type { ReactNode } from 'react';
import { useSeconds } from './seconds.ts';

interface HiddenBalanceProps<T> {
  label: string;
  /** Of the button, as things stand. */
  action: string;
  shown: boolean;
  onToggle: () => void;
  query: UseQueryResult<T>;
  /** What else the bank has said. */
  children: (balance: T) => ReactNode;
}

/** A balance behind a tap, large, with its age. */
export function HiddenBalance<T extends { available: number; currency: string; as_of: string }>({
  label,
  action,
  shown,
  onToggle,
  query,
  children,
}: HiddenBalanceProps<T>) {
  const language = useLanguage();
  const { data, isError, error, refetch, isFetching } = query;
  const now = useSeconds(shown);
  const Icon = shown ? EyeOff : Eye;
  return (
    <section className="rounded-card border border-line bg-raised p-4">
      <div className="flex items-center justify-between">
        <h2 className="text-14 text-muted">{label}</h2>
        <Button
          kind="ghost"
          className="-my-2 -mr-3 text-14"
          aria-expanded={shown}
          busy={isFetching && !data}
          icon={<Icon size={18} strokeWidth={1.75} aria-hidden="true" />}
          onClick={onToggle}
        >
          {action}
        </Button>
      </div>
      <div aria-live="polite">
        {!shown ? (
          <p aria-hidden="true" className="font-semibold text-28 tracking-widest">
            ••••••
          </p>
        ) : isError ? (
          <ErrorNotice error={error} onRetry={() => void refetch()} />
        ) : data ? (
          <>
            <Amount minor={data.available} currency={data.currency} size={40} />
            <p className="text-14 text-muted">{formatAge(Date.parse(data.as_of), now, language)}</p>
            {children(data)}
          </>
        ) : (
          <Skeleton className="h-10 w-48" />
        )}
      </div>
    </section>
  );
}
