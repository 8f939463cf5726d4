import { appConfig } from '../../scripts/vite.mjs';

export default appConfig({
  root: import.meta.dirname,
  app: 'till',
  base: '/till/',
  name: '飞钱收银',
  shortName: '收银',
  description: '飞钱网络的收银台:出示收款码、扫付款码、查账、退款',
});
