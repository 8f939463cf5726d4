import { Button, cx, ErrorNotice, Mark, QrCode, Segments, Skeleton } from '@feiqian/ui';
import { useQuery } from '@tanstack/react-query';
import { Printer } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Frame } from '../components/frame.tsx';
import { client, posterQuery } from '../data.ts';
import { useMe } from '../session.ts';

type Paper = 'A4' | 'A5';

/** The store's static code as a page to print. */
export function PosterScreen() {
  const { t } = useTranslation();
  const me = useMe();
  const [paper, setPaper] = useState<Paper>('A5');
  const poster = useQuery(posterQuery(me.store.id), client);
  return (
    <Frame
      place="poster"
      className="gap-6 p-4 lg:grid lg:grid-cols-[minmax(0,4fr)_minmax(0,7fr)] lg:items-start lg:p-6 print:m-0 print:block print:max-w-none print:p-0"
    >
      <style>{`@page { size: ${paper} portrait; margin: 0 }`}</style>
      <div className="flex flex-col gap-4 print:hidden">
        <h1 className="font-semibold text-28" tabIndex={-1}>
          {t('poster.title')}
        </h1>
        <p className="text-16 text-muted">{t('poster.lead')}</p>
        <Segments
          label={t('poster.size')}
          value={paper}
          options={[
            { value: 'A5', label: 'A5' },
            { value: 'A4', label: 'A4' },
          ]}
          onChange={setPaper}
        />
        <Button
          large
          disabled={!poster.data}
          onClick={() => window.print()}
          icon={<Printer size={22} strokeWidth={1.75} aria-hidden="true" />}
        >
          {t('poster.print')}
        </Button>
        <p className="text-14 text-muted">{t('poster.note')}</p>
      </div>
      {poster.isPending ? (
        <Skeleton className="aspect-[1/1.414] w-full max-w-md justify-self-center" />
      ) : poster.isError ? (
        <ErrorNotice error={poster.error} onRetry={() => void poster.refetch()} />
      ) : (
        <Sheet
          code={poster.data.code}
          merchant={poster.data.merchant.name}
          store={poster.data.store.name}
          paper={paper}
        />
      )}
    </Frame>
  );
}

interface SheetProps {
  code: string;
  merchant: string;
  store: string;
  paper: Paper;
}

/** Sizes are shares of the sheet's width, so that the page on the screen and the one on paper are the same. */
function Sheet({ code, merchant, store, paper }: SheetProps) {
  const { t } = useTranslation();
  return (
    <section
      aria-label={t('poster.label')}
      className={cx(
        'poster @container mx-auto w-full max-w-md border border-line bg-white text-[#101828] print:max-w-none print:overflow-hidden print:border-0',
        paper === 'A4' ? 'print:h-[296mm] print:w-[210mm]' : 'print:h-[209mm] print:w-[148mm]',
      )}
    >
      <div className="flex aspect-[1/1.41] w-full flex-col items-center text-center">
        <div className="flex w-full items-center justify-center gap-[3cqi] bg-[#c8362b] py-[5cqi] text-white">
          <Mark size={40} className="size-[10cqi]!" />
          <span className="font-semibold text-[8cqi] leading-none">飞钱 Feiqian</span>
        </div>
        <p className="pt-[6cqi] font-semibold text-[8cqi] leading-tight">{t('poster.scan')}</p>
        <p className="text-[4.4cqi] text-[#475467]">{t('poster.scanOther')}</p>
        <div className="w-[62%] py-[4cqi]">
          <QrCode text={code} correction="quartile" label={t('poster.label')} />
        </div>
        <p className="px-[6cqi] font-semibold text-[6.4cqi] leading-tight">{merchant}</p>
        {store === merchant ? null : (
          <p className="px-[6cqi] pt-[1cqi] text-[4.4cqi] text-[#475467]">{store}</p>
        )}
        <div className="flex w-full flex-1 flex-col items-center justify-end gap-[1cqi] pb-[5cqi] text-[#475467] text-[3.4cqi]">
          <p>{t('poster.how')}</p>
          <p>{t('poster.howOther')}</p>
        </div>
      </div>
    </section>
  );
}
