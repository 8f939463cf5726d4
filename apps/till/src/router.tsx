import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { RootScreen } from './screens/root.tsx';

const root = createRootRoute({ component: RootScreen });
const at = <P extends string>(path: P) => ({ getParentRoute: () => root, path }) as const;

const home = createRoute({
  ...at('/'),
  component: lazyRouteComponent(() => import('./screens/home.tsx'), 'HomeScreen'),
});
const charge = createRoute({
  ...at('/charge'),
  component: lazyRouteComponent(() => import('./screens/doors.tsx'), 'DoorsScreen'),
});
const scan = createRoute({
  ...at('/charge/scan'),
  component: lazyRouteComponent(() => import('./screens/scan.tsx'), 'ScanScreen'),
});
const live = createRoute({
  ...at('/live/$saleId'),
  component: lazyRouteComponent(() => import('./screens/live.tsx'), 'LiveScreen'),
});
const sales = createRoute({
  ...at('/sales'),
  component: lazyRouteComponent(() => import('./screens/sales.tsx'), 'SalesScreen'),
});
const sale = createRoute({
  ...at('/sales/$paymentId'),
  component: lazyRouteComponent(() => import('./screens/sale.tsx'), 'SaleScreen'),
});
const receipt = createRoute({
  ...at('/sales/$paymentId/receipt'),
  component: lazyRouteComponent(() => import('./screens/receipt.tsx'), 'ReceiptScreen'),
});
const refund = createRoute({
  ...at('/sales/$paymentId/refund'),
  component: lazyRouteComponent(() => import('./screens/refund.tsx'), 'RefundScreen'),
});
const poster = createRoute({
  ...at('/poster'),
  component: lazyRouteComponent(() => import('./screens/poster.tsx'), 'PosterScreen'),
});
const settings = createRoute({
  ...at('/settings'),
  component: lazyRouteComponent(() => import('./screens/settings.tsx'), 'SettingsScreen'),
});

export const router = createRouter({
  routeTree: root.addChildren([home, charge, scan, live, sales, sale, receipt, refund, poster, settings]),
  basepath: '/till',
  // The next screen's code comes while the finger is still on its way to the button.
  defaultPreload: 'intent',
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
