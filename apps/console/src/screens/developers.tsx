import type { ApiKey, MerchantView } from '@feiqian/contract';
import {
  Badge,
  Button,
  buttonClass,
  EmptyState,
  ErrorNotice,
  Field,
  SelectField,
  Sheet,
  toast,
  useUiText,
} from '@feiqian/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { Ban, BookOpen, CircleCheck, KeyRound, Plus } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api.ts';
import { ConfirmSheet } from '../components/confirm-sheet.tsx';
import { CopyButton } from '../components/copy-text.tsx';
import { Missing, PageHead, Panel, Waiting } from '../components/places.tsx';
import { Time } from '../components/time.tsx';
import { may } from '../model/access.ts';
import { curlExample } from '../model/example.ts';
import { apiKeysQuery, merchantsQuery, sandboxQuery } from '../queries.ts';
import { useMe } from '../shell.tsx';
import { usePick } from '../words.ts';

const route = getRouteApi('/desk/developers');

/** Shown once: the secret can be taken along here and nowhere else. */
function SecretSheet({ secret, onClose }: { secret: string; onClose: () => void }) {
  const { t } = useTranslation();
  const ui = useUiText();
  return (
    <Sheet
      open
      onClose={onClose}
      dismissible={false}
      title={t('developers.secretTitle')}
      description={t('developers.secretDetail')}
      actions={
        <div className="flex justify-end">
          <Button compact onClick={onClose}>
            {t('developers.saved')}
          </Button>
        </div>
      }
    >
      <div className="flex items-center gap-2 rounded-small border border-line-strong bg-sunken p-3">
        <output
          aria-label={t('developers.secretLabel')}
          className="min-w-0 flex-1 break-all font-mono text-14"
        >
          {secret}
        </output>
        <CopyButton text={secret} label={ui('copy')} className="min-h-9 min-w-9" />
      </div>
    </Sheet>
  );
}

function NewKeySheet(props: { merchantId: string; onClose: () => void; onMade: (secret: string) => void }) {
  const { merchantId, onClose, onMade } = props;
  const { t } = useTranslation();
  const ui = useUiText();
  const queryClient = useQueryClient();
  const [name, setName] = useState('');
  const [tried, setTried] = useState(false);
  const [key] = useState(() => crypto.randomUUID());
  const mutation = useMutation({
    mutationFn: () => api.createApiKey(merchantId, name.trim(), key),
    onSuccess: async ({ secret }) => {
      onMade(secret);
      await queryClient.invalidateQueries({ queryKey: apiKeysQuery(merchantId).queryKey });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (name.trim() !== '') mutation.mutate();
  };
  return (
    <Sheet
      open
      onClose={onClose}
      title={t('developers.create')}
      dismissible={!mutation.isPending}
      actions={
        <div className="flex justify-end gap-2">
          <Button kind="secondary" compact onClick={onClose}>
            {ui('cancel')}
          </Button>
          <Button compact type="submit" form="new-key" busy={mutation.isPending}>
            {t('developers.create')}
          </Button>
        </div>
      }
    >
      <form id="new-key" onSubmit={submit} noValidate className="flex flex-col gap-4 pb-2">
        <Field
          label={t('developers.name')}
          placeholder={t('developers.namePlaceholder')}
          value={name}
          maxLength={60}
          autoComplete="off"
          error={tried && name.trim() === '' ? t('create.required') : undefined}
          onChange={(event) => setName(event.target.value)}
        />
        {mutation.error ? <ErrorNotice error={mutation.error} /> : null}
      </form>
    </Sheet>
  );
}

function KeyRow({ apiKey, onRevoke }: { apiKey: ApiKey; onRevoke: () => void }) {
  const { t } = useTranslation();
  const revoked = apiKey.revoked_at !== null;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2">
      <span className="min-w-0 flex-1 basis-40">
        <span className="block truncate text-14 text-ink">{apiKey.name}</span>
        <span className="block text-12 text-muted">
          <span className="font-mono">{apiKey.prefix}…</span> · {t('developers.created')}{' '}
          <Time at={apiKey.created_at} />
        </span>
      </span>
      <Badge icon={revoked ? Ban : CircleCheck} tone={revoked ? 'plain' : 'jade'}>
        {revoked ? t('developers.revoked') : t('developers.active')}
      </Badge>
      {revoked ? null : (
        <Button kind="danger" compact onClick={onRevoke}>
          {t('developers.revoke')}
        </Button>
      )}
    </li>
  );
}

function Keys({ merchant, onSecret }: { merchant: MerchantView; onSecret: (secret: string) => void }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const [creating, setCreating] = useState(false);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const query = apiKeysQuery(merchant.id);
  const { data: keys, error, refetch } = useQuery(query);
  const revoke = async (apiKey: ApiKey) => {
    await api.revokeApiKey(apiKey.id);
    toast(t('developers.revokedDone', { name: apiKey.name }));
    await queryClient.invalidateQueries({ queryKey: query.queryKey });
  };
  return (
    <Panel
      title={t('developers.keys')}
      hint={t('developers.keysHint')}
      action={
        <Button
          kind="ghost"
          compact
          icon={<Plus size={16} strokeWidth={1.75} aria-hidden="true" />}
          onClick={() => setCreating(true)}
        >
          {t('developers.create')}
        </Button>
      }
    >
      {error ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : null}
      {keys?.length === 0 ? (
        <EmptyState
          icon={<KeyRound size={32} strokeWidth={1.25} aria-hidden="true" />}
          title={t('developers.none')}
          detail={t('developers.noneDetail')}
        />
      ) : null}
      <ul className="divide-y divide-line">
        {keys?.map((apiKey) => (
          <KeyRow key={apiKey.id} apiKey={apiKey} onRevoke={() => setRevoking(apiKey)} />
        ))}
      </ul>
      {creating ? (
        <NewKeySheet
          merchantId={merchant.id}
          onClose={() => setCreating(false)}
          onMade={(secret) => {
            setCreating(false);
            onSecret(secret);
          }}
        />
      ) : null}
      {revoking ? (
        <ConfirmSheet
          open
          onClose={() => setRevoking(null)}
          title={t('developers.revokeTitle', { name: revoking.name })}
          detail={t('developers.revokeDetail')}
          word={revoking.name}
          act={t('developers.revoke')}
          onConfirm={() => revoke(revoking)}
        />
      ) : null}
    </Panel>
  );
}

function Example({ merchant, secret }: { merchant: MerchantView; secret: string | null }) {
  const { t } = useTranslation();
  const ui = useUiText();
  const { data: sandbox } = useQuery(sandboxQuery);
  const demo = sandbox?.demo_key;
  const demoFits = demo !== undefined && merchant.stores.some((store) => store.id === demo.store_id);
  const storeId = demoFits ? demo.store_id : (merchant.stores[0]?.id ?? 'sto_…');
  const text = curlExample({
    origin: window.location.origin,
    secret: secret ?? (demoFits ? demo.secret : '$FEIQIAN_KEY'),
    storeId,
  });
  const note = secret ? 'exampleSecret' : demoFits ? 'exampleDemo' : 'examplePlain';
  return (
    <Panel
      title={t('developers.example')}
      hint={t('developers.exampleHint')}
      action={<CopyButton text={text} label={ui('copy')} className="min-h-9 min-w-9" />}
    >
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        className="relative overflow-x-auto rounded-small border border-line bg-sunken p-4 font-mono text-12 text-ink leading-relaxed"
      >
        {text}
      </pre>
      <p className="pt-2 text-12 text-muted">{t(`developers.${note}`)}</p>
    </Panel>
  );
}

/** Keys, an example that runs, and the way to the reference. */
export function Developers() {
  const { t } = useTranslation();
  const pick = usePick();
  const me = useMe();
  const navigate = route.useNavigate();
  const { merchant_id } = route.useSearch();
  const [secret, setSecret] = useState<{ merchantId: string; text: string } | null>(null);
  const [showing, setShowing] = useState(false);
  const { data: merchants, error, refetch } = useQuery(merchantsQuery);
  const { data: sandbox } = useQuery(sandboxQuery);
  if (!may(me.role, 'manage_keys')) return <Missing />;
  if (error && !merchants) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (!merchants) return <Waiting />;
  const merchant =
    merchants.find((one) => one.id === merchant_id) ??
    merchants.find((one) => one.stores.some((store) => store.id === sandbox?.demo_key.store_id)) ??
    merchants[0];
  if (!merchant) return <Missing title={t('developers.noMerchant')} />;
  return (
    <div className="flex flex-col gap-3">
      <PageHead
        title={t('developers.title')}
        lead={t('developers.lead')}
        actions={
          <a href="/docs" className={buttonClass('secondary', { compact: true })}>
            <BookOpen size={16} strokeWidth={1.75} aria-hidden="true" />
            {t('developers.docs')}
          </a>
        }
      />
      {merchants.length > 1 ? (
        <div className="max-w-sm">
          <SelectField
            label={t('developers.merchant')}
            value={merchant.id}
            onChange={(event) =>
              void navigate({ search: { merchant_id: event.target.value }, replace: true })
            }
            options={merchants.map((one) => ({ value: one.id, label: pick(one.name, one.name_en) }))}
          />
        </div>
      ) : null}
      <div className="grid items-start gap-3 xl:grid-cols-2">
        <Keys
          merchant={merchant}
          onSecret={(text) => {
            setSecret({ merchantId: merchant.id, text });
            setShowing(true);
          }}
        />
        <Example merchant={merchant} secret={secret?.merchantId === merchant.id ? secret.text : null} />
      </div>
      {showing && secret ? <SecretSheet secret={secret.text} onClose={() => setShowing(false)} /> : null}
    </div>
  );
}
