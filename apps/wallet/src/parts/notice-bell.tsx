import type { WalletNoticePage } from '@feiqian/contract';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Bell } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { api } from '../client.ts';

/** Leads to what the banks have told; says how much of it is unread. */
export function NoticeBell() {
  const { t } = useTranslation();
  const { data } = useQuery({
    queryKey: ['notices', 'unread'],
    queryFn: async ({ signal }) =>
      (await api.get<WalletNoticePage>('/v1/wallet/notices?limit=1', { signal })).unread,
  });
  const unread = data ?? 0;
  const label = unread > 0 ? t('home.noticesUnread', { count: unread }) : t('home.notices');
  return (
    <Link
      to="/notices"
      aria-label={label}
      title={label}
      className="target relative inline-flex items-center justify-center rounded-card text-ink hover:bg-sunken"
    >
      <Bell size={22} strokeWidth={1.75} aria-hidden="true" />
      {unread > 0 ? (
        <span
          aria-hidden="true"
          className="figures absolute top-0.5 right-0.5 min-w-5 rounded-pill bg-brand-fill px-1 text-center text-12 text-on-brand"
        >
          {unread > 99 ? '99+' : unread}
        </span>
      ) : null}
    </Link>
  );
}
