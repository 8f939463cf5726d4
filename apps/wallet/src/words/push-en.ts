import type { SameShape } from '@feiqian/ui';
import type { pushZh } from './push-zh.ts';

/** Words of push messages, English. */
export const pushEn: SameShape<typeof pushZh> = {
  title: 'Push messages',
  rowDetail: 'Account changes, also while the wallet is closed',
  lead: 'Hear of changes on your bank accounts, also while the wallet is closed.',
  on: 'Receive push messages',
  onDetail: 'On this device only',
  amounts: 'Show amounts and names',
  amountsDetail: 'When off, a locked screen says only which bank has news',
  switchedOn: 'Push messages are on',
  switchedOff: 'Push messages are off',
  changed: 'Changed',
  private:
    'Messages are encrypted with a key of this device and carried by the push service of the browser’s maker, which knows that there is news but cannot read it.',
  cannot: {
    unsupported: 'This browser takes no push messages. Changes still appear under “From your banks”.',
    install_first: 'Add Feiqian to the home screen and open it from there: then they can be switched on.',
    denied:
      'Notifications are not allowed. Allow them for Feiqian in the settings of the browser or the phone, then come back.',
    no_key: 'This network sends no push messages. Changes still appear under “From your banks”.',
  },
  failed: {
    title: 'They were not switched on',
    offTitle: 'They were not switched off',
    denied: 'You did not allow notifications. The settings of the browser or the phone can change that.',
    dismissed: 'Nothing was chosen. Tap again when you want them.',
    no_service:
      'The push service of the browser cannot be reached now. Try again later. Nothing was changed.',
  },
};
