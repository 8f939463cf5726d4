import { useSyncExternalStore } from 'react';

interface ToastMessage {
  id: number;
  text: string;
}

const shownMs = 3500;
const shownMax = 3;
let messages: readonly ToastMessage[] = [];
let last = 0;
const listeners = new Set<() => void>();

function change(next: readonly ToastMessage[]): void {
  messages = next;
  for (const listener of listeners) listener();
}

/** Says something small in passing ("copied"). Never for money: results have their own screens. */
export function toast(text: string): void {
  last += 1;
  const id = last;
  change([...messages, { id, text }].slice(-shownMax));
  setTimeout(() => change(messages.filter((message) => message.id !== id)), shownMs);
}

/** Where toasts appear; put once at the root of an app. */
export function Toaster() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => messages,
  );
  return (
    <div
      role="status"
      aria-live="polite"
      className="pointer-events-none fixed inset-x-0 bottom-24 z-60 flex flex-col items-center gap-2 px-4"
    >
      {shown.map((message) => (
        <p
          key={message.id}
          className="max-w-md rounded-card bg-ink px-4 py-3 text-14 text-paper shadow-float"
        >
          {message.text}
        </p>
      ))}
    </div>
  );
}
