import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { Suspense } from 'react';
import { useAsking, useUnhosted } from './asking.ts';
import { useLive } from './live.ts';
import { isRecordFilter, type RecordFilter } from './record.ts';
import { HomeScreen } from './screens/home.tsx';
import { BrokenScreen, NotFoundScreen } from './screens/trouble.tsx';
import { currentSession } from './session.ts';

const root = createRootRoute({
  component: Outlet,
  notFoundComponent: NotFoundScreen,
  errorComponent: BrokenScreen,
});

/** A path of this app that somebody was on the way to, from a search parameter. */
const inside = (next: string | undefined): '/' =>
  (next?.startsWith('/') && !next.startsWith('//') ? next.replace(/^\/wallet(?=\/)/, '') : '/') as '/';

const text = (value: unknown): string | undefined => (typeof value === 'string' && value ? value : undefined);

const signIn = createRoute({
  getParentRoute: () => root,
  path: 'sign-in',
  validateSearch: (search: Record<string, unknown>): { next?: string; ended?: 'refused' | 'expired' } => ({
    next: text(search.next),
    ended: search.ended === 'refused' || search.ended === 'expired' ? search.ended : undefined,
  }),
  beforeLoad: () => {
    if (currentSession()) throw redirect({ to: '/' });
  },
  component: lazyRouteComponent(() => import('./screens/sign-in.tsx'), 'SignInScreen'),
});

interface RecordSearch {
  month?: string;
  filter?: RecordFilter;
  day?: string;
}

const VerifySheet = lazyRouteComponent(() => import('./parts/verify-panel.tsx'), 'VerifySheet');

/** What is asked where no screen asks it by itself. */
function Asked() {
  const asking = useAsking();
  const unhosted = useUnhosted();
  if (!asking || !unhosted) return null;
  return (
    <Suspense>
      <VerifySheet key={asking.verification.id} asking={asking} />
    </Suspense>
  );
}

function SignedIn() {
  useLive();
  return (
    <>
      <Outlet />
      <Asked />
    </>
  );
}

const WaitingScreen = lazyRouteComponent(() => import('./screens/waiting.tsx'), 'WaitingScreen');

/** Where a phone is that is not let in yet. */
const waiting = createRoute({
  getParentRoute: () => root,
  path: 'waiting',
  validateSearch: (search: Record<string, unknown>): { next?: string } => ({ next: text(search.next) }),
  beforeLoad: ({ search }) => {
    const session = currentSession();
    if (session?.device.state === 'pending') return;
    throw session ? redirect({ to: inside(search.next), replace: true }) : redirect({ to: '/sign-in' });
  },
  component: () => (
    <>
      <Suspense>
        <WaitingScreen />
      </Suspense>
      <Asked />
    </>
  ),
});

/** Everything below needs a session on this device. */
const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  component: SignedIn,
  beforeLoad: ({ location }) => {
    const session = currentSession();
    const search = location.pathname === '/' ? {} : { next: location.href };
    if (!session) throw redirect({ to: '/sign-in', search });
    if (session.device.state === 'pending') throw redirect({ to: '/waiting', search });
  },
});
const parent = { getParentRoute: () => signedIn };

const home = createRoute({ ...parent, path: '/', component: HomeScreen });
const bind = createRoute({
  ...parent,
  path: 'bind',
  validateSearch: (search: Record<string, unknown>): { pay?: string } => ({ pay: text(search.pay) }),
  component: lazyRouteComponent(() => import('./screens/bind.tsx'), 'BindScreen'),
});
const scan = createRoute({
  ...parent,
  path: 'scan',
  component: lazyRouteComponent(() => import('./screens/scan.tsx'), 'ScanScreen'),
});
const to = createRoute({
  ...parent,
  path: 'to',
  validateSearch: (search: Record<string, unknown>): { code: string } => ({ code: text(search.code) ?? '' }),
  component: lazyRouteComponent(() => import('./screens/to.tsx'), 'ToScreen'),
});
const pay = createRoute({
  ...parent,
  path: 'pay/$paymentId',
  component: lazyRouteComponent(() => import('./screens/pay.tsx'), 'PayScreen'),
});
const result = createRoute({
  ...parent,
  path: 'result/$paymentId',
  component: lazyRouteComponent(() => import('./screens/result.tsx'), 'ResultScreen'),
});
const code = createRoute({
  ...parent,
  path: 'code',
  component: lazyRouteComponent(() => import('./screens/code.tsx'), 'CodeScreen'),
});
const records = createRoute({
  ...parent,
  path: 'records',
  validateSearch: (search: Record<string, unknown>): RecordSearch => ({
    month: /^\d{4}-(0[1-9]|1[0-2])$/.exec(text(search.month) ?? '')?.[0],
    filter: isRecordFilter(search.filter) ? search.filter : undefined,
    day: /^\d{4}-\d{2}-\d{2}$/.exec(text(search.day) ?? '')?.[0],
  }),
  component: lazyRouteComponent(() => import('./screens/records.tsx'), 'RecordsScreen'),
});
const spending = createRoute({
  ...parent,
  path: 'spending',
  validateSearch: (search: Record<string, unknown>): { month?: string; category?: string } => ({
    month: /^2\d{3}-(0[1-9]|1[0-2])$/.exec(text(search.month) ?? '')?.[0],
    category: text(search.category),
  }),
  component: lazyRouteComponent(() => import('./screens/spending.tsx'), 'SpendingScreen'),
});
const budget = createRoute({
  ...parent,
  path: 'budget',
  component: lazyRouteComponent(() => import('./screens/budget.tsx'), 'BudgetScreen'),
});
const receipt = createRoute({
  ...parent,
  path: 'records/$paymentId',
  component: lazyRouteComponent(() => import('./screens/receipt.tsx'), 'ReceiptScreen'),
});
const cards = createRoute({
  ...parent,
  path: 'cards',
  component: lazyRouteComponent(() => import('./screens/cards.tsx'), 'CardsScreen'),
});
const card = createRoute({
  ...parent,
  path: 'cards/$cardId',
  component: lazyRouteComponent(() => import('./screens/card.tsx'), 'CardScreen'),
});
const transfers = createRoute({
  ...parent,
  path: 'transfers',
  component: lazyRouteComponent(() => import('./screens/transfers.tsx'), 'TransfersScreen'),
});
const transfer = createRoute({
  ...parent,
  path: 'transfers/$transferId',
  component: lazyRouteComponent(() => import('./screens/transfer.tsx'), 'TransferScreen'),
});
const send = createRoute({
  ...parent,
  path: 'send',
  validateSearch: (search: Record<string, unknown>): { own?: boolean; code?: string } => ({
    own: search.own === true ? true : undefined,
    code: /^rcv_[0-9a-f]{32}$/.exec(text(search.code) ?? '')?.[0],
  }),
  component: lazyRouteComponent(() => import('./screens/send.tsx'), 'SendScreen'),
});
const receive = createRoute({
  ...parent,
  path: 'receive',
  component: lazyRouteComponent(() => import('./screens/receive.tsx'), 'ReceiveScreen'),
});
const requests = createRoute({
  ...parent,
  path: 'requests',
  component: lazyRouteComponent(() => import('./screens/requests.tsx'), 'RequestsScreen'),
});
const request = createRoute({
  ...parent,
  path: 'requests/$requestId',
  component: lazyRouteComponent(() => import('./screens/request.tsx'), 'RequestScreen'),
});
const ask = createRoute({
  ...parent,
  path: 'ask',
  component: lazyRouteComponent(() => import('./screens/ask.tsx'), 'AskScreen'),
});
const split = createRoute({
  ...parent,
  path: 'split',
  validateSearch: (search: Record<string, unknown>): { payment?: string } => ({
    payment: /^pay_[0-9a-f]{32}$/.exec(text(search.payment) ?? '')?.[0],
  }),
  component: lazyRouteComponent(() => import('./screens/split.tsx'), 'SplitScreen'),
});
const bill = createRoute({
  ...parent,
  path: 'splits/$splitId',
  component: lazyRouteComponent(() => import('./screens/bill.tsx'), 'BillScreen'),
});
const accounts = createRoute({
  ...parent,
  path: 'accounts',
  component: lazyRouteComponent(() => import('./screens/accounts.tsx'), 'AccountsScreen'),
});
const account = createRoute({
  ...parent,
  path: 'accounts/$accountId',
  component: lazyRouteComponent(() => import('./screens/account.tsx'), 'AccountScreen'),
});
const notices = createRoute({
  ...parent,
  path: 'notices',
  component: lazyRouteComponent(() => import('./screens/notices.tsx'), 'NoticesScreen'),
});
const repay = createRoute({
  ...parent,
  path: 'repay/$cardId',
  component: lazyRouteComponent(() => import('./screens/repay.tsx'), 'RepayScreen'),
});
const openAccount = createRoute({
  ...parent,
  path: 'open-account',
  component: lazyRouteComponent(() => import('./screens/open-account.tsx'), 'OpenAccountScreen'),
});
const products = createRoute({
  ...parent,
  path: 'credit',
  component: lazyRouteComponent(() => import('./screens/products.tsx'), 'ProductsScreen'),
});
const apply = createRoute({
  ...parent,
  path: 'credit/apply/$bankId/$product',
  component: lazyRouteComponent(() => import('./screens/apply.tsx'), 'ApplyScreen'),
});
const applications = createRoute({
  ...parent,
  path: 'credit/applications',
  component: lazyRouteComponent(() => import('./screens/applications.tsx'), 'ApplicationsScreen'),
});
const me = createRoute({
  ...parent,
  path: 'me',
  component: lazyRouteComponent(() => import('./screens/me.tsx'), 'MeScreen'),
});
const security = createRoute({
  ...parent,
  path: 'me/security',
  component: lazyRouteComponent(() => import('./screens/security.tsx'), 'SecurityScreen'),
});
const push = createRoute({
  ...parent,
  path: 'me/push',
  component: lazyRouteComponent(() => import('./screens/push.tsx'), 'PushScreen'),
});
const identity = createRoute({
  ...parent,
  path: 'me/identity',
  component: lazyRouteComponent(() => import('./screens/identity.tsx'), 'IdentityScreen'),
});
const leave = createRoute({
  ...parent,
  path: 'me/data',
  component: lazyRouteComponent(() => import('./screens/leave.tsx'), 'LeaveScreen'),
});
const lost = createRoute({
  ...parent,
  path: 'me/lost',
  component: lazyRouteComponent(() => import('./screens/lost.tsx'), 'LostScreen'),
});
const devices = createRoute({
  ...parent,
  path: 'me/devices',
  component: lazyRouteComponent(() => import('./screens/devices.tsx'), 'DevicesScreen'),
});

const routeTree = root.addChildren([
  signIn,
  waiting,
  signedIn.addChildren([
    home,
    bind,
    scan,
    to,
    pay,
    result,
    code,
    records,
    receipt,
    spending,
    budget,
    cards,
    card,
    accounts,
    transfers,
    transfer,
    send,
    receive,
    requests,
    request,
    ask,
    split,
    bill,
    account,
    repay,
    openAccount,
    products,
    apply,
    applications,
    notices,
    me,
    devices,
    identity,
    leave,
    lost,
    security,
    push,
  ]),
]);

export const router = createRouter({
  routeTree,
  basepath: '/wallet',
  defaultPreload: 'intent',
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
