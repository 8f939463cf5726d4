import type { ReactNode } from 'react';

/** Names and values in as many columns as fit; for things a reader looks up rather than reads. */
export function Facts({ facts }: { facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className="grid grid-cols-2 sm:grid-cols-[repeat(auto-fill,minmax(11rem,1fr))] gap-x-4 gap-y-3">
      {facts.map(([name, value]) => (
        <div key={name} className="min-w-0">
          <dt className="text-12 text-muted">{name}</dt>
          <dd className="min-w-0 break-words text-14 text-ink">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
