import { appConfig } from '../../scripts/vite.mjs';

export default appConfig({
  root: import.meta.dirname,
  app: 'wallet',
  base: '/wallet/',
  name: '飞钱',
  shortName: '飞钱',
  description: '一个钱包,管好所有银行的卡',
  colour: '#c8362b',
  worker: 'push-worker.js',
  shortcuts: [
    { name: '付款码', url: '/wallet/code', icons: [{ src: 'icon-192.png', sizes: '192x192' }] },
    { name: '扫一扫', url: '/wallet/scan', icons: [{ src: 'icon-192.png', sizes: '192x192' }] },
  ],
});
