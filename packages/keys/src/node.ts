/** What needs `node:crypto`: message authentication, key check values, key wrapping. */
export { type Cmac, createCmac } from './cmac.ts';
export { kcvCmac, kcvZeroBlock } from './keyCheck.ts';
export { unwrapKey, wrapKey } from './keyWrap.ts';
export {
  signWebhook,
  verifyWebhook,
  type Webhook,
  type WebhookHeaders,
  webhookSecretBytesMin,
} from './webhook.ts';
export {
  arePushKeys,
  drawVapidSecret,
  encryptPush,
  type PushKeys,
  pushBytesMax,
  type VapidKey,
  vapidAuthorization,
  vapidKeyOf,
} from './webPush.ts';
