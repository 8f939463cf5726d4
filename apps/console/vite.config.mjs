import { appConfig } from '../../scripts/vite.mjs';

export default appConfig({
  root: import.meta.dirname,
  app: 'console',
  base: '/console/',
  name: '飞钱 控制台',
  pwa: false,
});
