import type { MouseEvent, ReactNode } from 'react';
import { cx } from './cx.ts';

export interface NavItem {
  id: string;
  label: string;
  icon: ReactNode;
  href: string;
}

interface NavBarProps {
  /** Spoken name of the bar. */
  label: string;
  items: readonly NavItem[];
  current: string;
  /** Gets plain clicks; ctrl-click and the like stay with the browser. */
  onNavigate: (item: NavItem) => void;
}

/** The bar at the foot of a phone screen. */
export function NavBar({ label, items, current, onNavigate }: NavBarProps) {
  const follow = (item: NavItem) => (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    onNavigate(item);
  };
  return (
    <nav aria-label={label} className="safe-bottom border-line border-t bg-paper">
      <ul className="mx-auto flex max-w-xl">
        {items.map((item) => (
          <li key={item.id} className="flex-1">
            <a
              href={item.href}
              onClick={follow(item)}
              aria-current={item.id === current ? 'page' : undefined}
              className={cx(
                'flex min-h-[max(3.5rem,var(--target))] flex-col items-center justify-center gap-0.5 py-1 text-12',
                item.id === current ? 'font-semibold text-brand' : 'text-muted hover:text-ink',
              )}
            >
              {item.icon}
              {item.label}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
