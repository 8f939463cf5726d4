import { ApiError } from '@feiqian/ui';
import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { Missing, Waiting } from './components/places.tsx';
import { parseSearch, readFilters, stringifySearch } from './model/filters.ts';
import { meQuery } from './session.ts';
import { Shell } from './shell.tsx';

interface Context {
  queryClient: QueryClient;
}

const rootRoute = createRootRouteWithContext<Context>()({
  component: Outlet,
  notFoundComponent: () => <Missing />,
});

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { next?: string } =>
    typeof search.next === 'string' && /^\/(?!\/)/.test(search.next) ? { next: search.next } : {},
  component: lazyRouteComponent(() => import('./screens/sign-in.tsx'), 'SignIn'),
});

/** Everything behind the sign-in: the rail, the search, the page. */
const deskRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'desk',
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queryClient.ensureQueryData(meQuery);
    } catch (error) {
      if (error instanceof ApiError && error.status === 401)
        throw redirect({ to: '/sign-in', search: { next: location.href } });
      throw error;
    }
  },
});

const todayRoute = createRoute({
  getParentRoute: () => deskRoute,
  path: '/',
  // Whoever answers the telephone has nothing to see there.
  beforeLoad: async ({ context }) => {
    if ((await context.queryClient.ensureQueryData(meQuery)).role === 'call_centre')
      throw redirect({ to: '/people' });
  },
  component: lazyRouteComponent(() => import('./screens/today.tsx'), 'Today'),
});

const paymentsRoute = createRoute({
  getParentRoute: () => deskRoute,
  path: '/payments',
  validateSearch: readFilters,
  component: lazyRouteComponent(() => import('./screens/payments.tsx'), 'Payments'),
});

const paymentRoute = createRoute({
  getParentRoute: () => deskRoute,
  path: '/payments/$id',
  component: lazyRouteComponent(() => import('./screens/payment.tsx'), 'PaymentPage'),
});

const membersRoute = createRoute({
  getParentRoute: () => deskRoute,
  path: '/members',
  component: lazyRouteComponent(() => import('./screens/members.tsx'), 'Members'),
});

const merchantsRoute = createRoute({
  getParentRoute: () => deskRoute,
  path: '/merchants',
  component: lazyRouteComponent(() => import('./screens/merchants.tsx'), 'Merchants'),
});

const newMerchantRoute = createRoute({
  getParentRoute: () => deskRoute,
  path: '/merchants/new',
  component: lazyRouteComponent(() => import('./screens/new-merchant.tsx'), 'NewMerchant'),
});

const merchantRoute = createRoute({
  getParentRoute: () => deskRoute,
  path: '/merchants/$id',
  component: lazyRouteComponent(() => import('./screens/merchant.tsx'), 'MerchantPage'),
});

const posterRoute = createRoute({
  getParentRoute: () => deskRoute,
  path: '/merchants/$id/posters/$storeId',
  component: lazyRouteComponent(() => import('./screens/poster.tsx'), 'PosterPage'),
});

const booksRoute = createRoute({
  getParentRoute: () => deskRoute,
  path: '/books',
  component: lazyRouteComponent(() => import('./screens/books.tsx'), 'Books'),
});

const peopleRoute = createRoute({
  getParentRoute: () => deskRoute,
  path: '/people',
  component: lazyRouteComponent(() => import('./screens/people.tsx'), 'People'),
});

const developersRoute = createRoute({
  getParentRoute: () => deskRoute,
  path: '/developers',
  validateSearch: (search: Record<string, unknown>): { merchant_id?: string } =>
    typeof search.merchant_id === 'string' ? { merchant_id: search.merchant_id } : {},
  component: lazyRouteComponent(() => import('./screens/developers.tsx'), 'Developers'),
});

const settingsRoute = createRoute({
  getParentRoute: () => deskRoute,
  path: '/settings',
  component: lazyRouteComponent(() => import('./screens/settings.tsx'), 'Settings'),
});

const routeTree = rootRoute.addChildren([
  signInRoute,
  deskRoute.addChildren([
    todayRoute,
    paymentsRoute,
    paymentRoute,
    membersRoute,
    merchantsRoute,
    newMerchantRoute,
    merchantRoute,
    posterRoute,
    booksRoute,
    peopleRoute,
    developersRoute,
    settingsRoute,
  ]),
]);

/** The addresses of the console, under `/console`. */
export function createConsoleRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree,
    basepath: '/console',
    context: { queryClient },
    parseSearch,
    stringifySearch,
    defaultPreload: 'intent',
    defaultPendingComponent: Waiting,
    defaultNotFoundComponent: () => <Missing />,
    scrollRestoration: true,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}
