import { Tabs as BaseTabs } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';

interface TabsProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  tabs: readonly { id: string; label: ReactNode; panel: ReactNode }[];
  className?: string;
}

/** Tabs over panels, with arrow keys. */
export function Tabs({ label, value, onChange, tabs, className }: TabsProps) {
  return (
    <BaseTabs.Root value={value} onValueChange={(next) => onChange(String(next))} className={className}>
      <BaseTabs.List
        aria-label={label}
        className="relative no-scrollbar flex gap-6 overflow-x-auto border-line border-b"
      >
        {tabs.map((tab) => (
          <BaseTabs.Tab
            key={tab.id}
            value={tab.id}
            className="target -mb-px whitespace-nowrap border-transparent border-b-2 text-16 text-muted data-active:border-brand data-active:font-semibold data-active:text-ink"
          >
            {tab.label}
          </BaseTabs.Tab>
        ))}
      </BaseTabs.List>
      {tabs.map((tab) => (
        <BaseTabs.Panel key={tab.id} value={tab.id} className="pt-4">
          {tab.panel}
        </BaseTabs.Panel>
      ))}
    </BaseTabs.Root>
  );
}
