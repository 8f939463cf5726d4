import { appConfig } from '../../scripts/vite.mjs';

export default appConfig({ root: import.meta.dirname, app: 'wallet', base: '/', name: '飞钱', pwa: false });
