import { callerAs } from '@feiqian/access';
import { type EventStream, type HttpApp, openStream } from '@feiqian/http';
import { fromUuid } from '@feiqian/ids';
import type { StoredEvent } from '@feiqian/outbox';
import { eventView, type PaymentRoutesDeps } from './routes.ts';
import { paymentView } from './view.ts';

interface Listener {
  tenant: string;
  stream: EventStream;
}

/** What wallets are told of besides payments, by the first word of an event's type, with the data as it was published. */
const told = ['notice', 'application', 'repayment', 'device'];

/** What else goes into the streams of wallets: events whose type begins with `prefix`, each with its object. */
export interface StreamSource {
  prefix: string;
  /** Name of the stream's event. */
  event: string;
  /** Prefix of the objects' ids. */
  idPrefix: string;
  /** The objects as this person sees them, by id (UUID). One that is missing is sent as null. */
  views(userId: string, objectIds: readonly string[]): Promise<ReadonlyMap<string, unknown>>;
}

/** Streams of tills and wallets: each event of a payment with the payment as it stands, and what others add. */
export function streamRoutes(deps: PaymentRoutesDeps, others: readonly StreamSource[] = []) {
  const listeners = new Set<Listener>();
  let unsubscribe: (() => void) | null = null;

  async function deliver(events: readonly StoredEvent[]): Promise<void> {
    const wanted = new Set([...listeners].map((l) => l.tenant));
    const heard = events.filter((e) => e.tenants.some((t) => wanted.has(t)));
    for (const event of heard) tell(event);
    const relevant = heard.filter((e) => e.type.startsWith('payment.'));
    if (relevant.length === 0) return;
    const found = await deps.payments.findMany(deps.db, [...new Set(relevant.map((e) => e.objectId))]);
    const views = new Map(found.map((p) => [p.id, paymentView(p, deps.view)]));
    for (const event of relevant) {
      const data = { ...eventView(event), data: views.get(event.objectId) ?? null };
      for (const l of listeners) {
        if (event.tenants.includes(l.tenant)) l.stream.send({ id: data.id, event: 'payment', data });
      }
    }
  }

  function tell(event: StoredEvent): void {
    const kind = event.type.split('.')[0] as string;
    if (!told.includes(kind)) return;
    const data = { type: event.type, data: event.data };
    for (const l of listeners) {
      if (event.tenants.includes(l.tenant))
        l.stream.send({ id: fromUuid(event.id, 'evt'), event: kind, data });
    }
  }

  async function deliverOthers(events: readonly StoredEvent[]): Promise<void> {
    for (const { prefix, event, idPrefix, views } of others) {
      const news = events.filter((e) => e.type.startsWith(prefix));
      if (news.length === 0) continue;
      for (const l of listeners) {
        const own = news.filter((e) => e.tenants.includes(l.tenant));
        if (own.length === 0) continue;
        const objects = await views(l.tenant, [...new Set(own.map((e) => e.objectId))]);
        for (const e of own) {
          const object_id = fromUuid(e.objectId, idPrefix);
          const data = { ...eventView(e), object_id, data: objects.get(e.objectId) ?? null };
          l.stream.send({ id: data.id, event, data });
        }
      }
    }
  }

  function listen(listener: Listener): void {
    listeners.add(listener);
    unsubscribe ??= deps.outbox.subscribe((events) => {
      deliver(events).catch(() => undefined);
      deliverOthers(events).catch(() => undefined);
    });
    listener.stream.onClose(() => {
      listeners.delete(listener);
      if (listeners.size === 0) {
        unsubscribe?.();
        unsubscribe = null;
      }
    });
  }

  return async (app: HttpApp): Promise<void> => {
    app.get(
      '/v1/till/stream',
      {
        exposeHeadRoute: false,
        config: { callers: ['till'], produces: 'text/event-stream' },
        schema: { tags: ['till'], summary: "Events of this merchant's payments (SSE)" },
      },
      (request, reply) => {
        listen({ tenant: callerAs(request, 'till').merchantId, stream: openStream(request, reply) });
      },
    );
    app.get(
      '/v1/wallet/stream',
      {
        exposeHeadRoute: false,
        config: { callers: ['wallet'], produces: 'text/event-stream' },
        schema: { tags: ['wallet'], summary: "Events of this person's payments, and what banks tell (SSE)" },
      },
      (request, reply) => {
        listen({ tenant: callerAs(request, 'wallet').userId, stream: openStream(request, reply) });
      },
    );
  };
}
