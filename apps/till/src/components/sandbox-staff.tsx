import { Badge, List, ListRow } from '@feiqian/ui';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { network } from '../api.ts';
import { client } from '../data.ts';

/** The sandbox's own staff; outside the sandbox there is no such list and nothing is shown. */
export default function SandboxStaff({ onChoose }: { onChoose: (number: string, pin: string) => void }) {
  const { t } = useTranslation();
  const { data } = useQuery(
    {
      queryKey: ['sandbox'],
      queryFn: network.sandbox,
      retry: false,
      staleTime: Number.POSITIVE_INFINITY,
    },
    client,
  );
  if (!data || data.tills.length === 0) return null;
  return (
    <section className="flex flex-col gap-2">
      <h2 className="font-semibold text-16">{t('signIn.sandbox')}</h2>
      <p className="text-14 text-muted">{t('signIn.sandboxLead')}</p>
      <List>
        {data.tills.map((till) => (
          <ListRow
            key={till.staff_number}
            title={till.merchant}
            detail={`${till.name} · ${till.staff_number}`}
            trailing={
              <Badge tone={till.role === 'supervisor' ? 'azure' : 'plain'}>
                {t(till.role === 'supervisor' ? 'role.supervisor' : 'role.cashier')}
              </Badge>
            }
            onClick={() => onChoose(till.staff_number, till.pin)}
            chevron
          />
        ))}
      </List>
    </section>
  );
}
