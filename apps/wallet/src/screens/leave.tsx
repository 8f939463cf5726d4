import { Button, ErrorNotice, Section, Sheet, toast } from '@feiqian/ui';
import { useMutation } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { useIdentityText } from '../parts/identity-text.ts';
import { InnerPage } from '../parts/tab-page.tsx';
import { dropSession } from '../session.ts';
import { signed } from '../signed.ts';

/** Gives the browser a file to keep. */
function save(data: unknown): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(data, null, 2)], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = 'feiqian.json';
  link.click();
  URL.revokeObjectURL(url);
}

function Export() {
  const t = useIdentityText();
  const take = useMutation({
    mutationFn: () => signed.post<unknown>('/v1/wallet/export'),
    onSuccess: (data) => {
      save(data);
      toast(t('leave.exported'));
    },
  });
  return (
    <Section title={t('leave.export')}>
      <p className="pb-3 text-14 text-muted">{t('leave.exportLead')}</p>
      {take.isError ? <ErrorNotice error={take.error} title={t('leave.exportFailed')} /> : null}
      <Button kind="secondary" wide busy={take.isPending} onClick={() => take.mutate()}>
        {t('leave.export')}
      </Button>
    </Section>
  );
}

function Delete() {
  const t = useIdentityText();
  const router = useRouter();
  const [asking, setAsking] = useState(false);
  const leave = useMutation({
    mutationFn: () => signed.post('/v1/wallet/deletion', { confirm: true }),
    onSuccess: async () => {
      await dropSession();
      await router.navigate({ to: '/sign-in', replace: true });
    },
    // What has to be verified is asked in a sheet of its own.
    onMutate: () => setAsking(false),
  });
  return (
    <Section title={t('leave.delete')}>
      <p className="pb-3 text-14 text-muted">{t('leave.deleteLead')}</p>
      {leave.isError ? <ErrorNotice error={leave.error} title={t('leave.deleteFailed')} /> : null}
      <Button kind="danger" wide busy={leave.isPending} onClick={() => setAsking(true)}>
        {t('leave.delete')}
      </Button>
      <Sheet
        open={asking}
        onClose={() => setAsking(false)}
        title={t('leave.sure')}
        description={t('leave.sureDetail')}
        actions={
          <Button kind="danger" wide large onClick={() => leave.mutate()}>
            {t('leave.confirm')}
          </Button>
        }
      />
    </Section>
  );
}

/** One's own data, and the end of the account. */
export function LeaveScreen() {
  const t = useIdentityText();
  return (
    <InnerPage title={t('leave.title')} fallback="/me">
      <Export />
      <Delete />
    </InnerPage>
  );
}
