// The service worker's part of push messages (docs/push.md): shows one, and opens its screen on a tap. It is brought
// in by the worker that keeps the app for offline use, and has the browser's own names only.

const worker = /** @type {any} */ (globalThis);
/** Where the app is, with a slash at its end. */
const scope = () => String(worker.registration.scope);

/** What came, or null for what is no message of ours. */
function read(data) {
  try {
    const message = data?.json();
    return typeof message?.title === 'string' ? message : null;
  } catch {
    return null;
  }
}

/** A browser takes a permission back from who wakes it and shows nothing: so something is shown of anything. */
function show(data) {
  const message = read(data) ?? { title: '飞钱', tag: 'news', url: 'notices' };
  return worker.registration.showNotification(message.title, {
    body: message.body,
    tag: message.tag,
    lang: message.lang,
    timestamp: message.at,
    icon: 'icon-192.png',
    badge: 'icon-192.png',
    data: { url: message.url },
  });
}

/** A page of this app, whatever was asked for. */
function inside(path) {
  const asked = new URL(String(path ?? ''), scope()).href;
  return asked.startsWith(scope()) ? asked : scope();
}

async function open(path) {
  const url = inside(path);
  const windows = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const own = windows.find((window) => window.url.startsWith(scope()));
  if (!own) return worker.clients.openWindow(url);
  await own.focus().catch(() => undefined);
  return own.navigate(url).catch(() => worker.clients.openWindow(url));
}

worker.addEventListener('push', (event) => event.waitUntil(show(event.data)));
worker.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.url));
});
// The browser gives another address: the app tells the network when it is opened next (push.ts).
worker.addEventListener('pushsubscriptionchange', (event) => {
  const options = event.oldSubscription?.options;
  if (options && !event.newSubscription)
    event.waitUntil(worker.registration.pushManager.subscribe(options).catch(() => undefined));
});
