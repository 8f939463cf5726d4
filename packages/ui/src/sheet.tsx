import { Dialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { type ReactNode, useRef } from 'react';
import { cx } from './cx.ts';
import { useUiText } from './i18n.ts';

interface SheetProps {
  open: boolean;
  onClose: () => void;
  title: string;
  /** Said under the title and read out with it. */
  description?: ReactNode;
  children?: ReactNode;
  /** Buttons at the foot, always in sight. */
  actions?: ReactNode;
  /** False while something runs that must not be left by accident: no close button, no Escape, no tap outside. */
  dismissible?: boolean;
  /** Title for screen readers only. */
  quietTitle?: boolean;
  wide?: boolean;
}

/** A dialog: rises from the foot of a phone, stands in the middle of a desktop. Focus stays inside and goes back after. */
export function Sheet(props: SheetProps) {
  const {
    open,
    onClose,
    title,
    description,
    children,
    actions,
    dismissible = true,
    quietTitle,
    wide,
  } = props;
  const t = useUiText();
  const popup = useRef<HTMLDivElement>(null);
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && dismissible && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fq-scrim fixed inset-0 z-40 bg-scrim" />
        <Dialog.Popup
          ref={popup}
          initialFocus={popup}
          className={cx(
            'fq-sheet fixed inset-x-0 bottom-0 z-50 mx-auto flex max-h-[92dvh] w-full flex-col rounded-t-card border border-line bg-paper text-ink shadow-float outline-none md:inset-y-0 md:my-auto md:h-fit md:rounded-card',
            wide ? 'max-w-3xl' : 'max-w-md',
          )}
        >
          <div className="flex items-center gap-2 pt-2 pr-2 pl-4">
            <Dialog.Title className={cx('flex-1 py-2 font-semibold text-16', quietTitle && 'sr-only')}>
              {title}
            </Dialog.Title>
            {quietTitle ? <span className="flex-1" /> : null}
            {dismissible ? (
              <Dialog.Close
                aria-label={t('close')}
                className="target inline-flex items-center justify-center rounded-card text-muted hover:bg-sunken"
              >
                <X size={20} strokeWidth={1.75} aria-hidden="true" />
              </Dialog.Close>
            ) : null}
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto px-4 pb-4">
            {description ? (
              <Dialog.Description className="pb-4 text-14 text-muted" render={<div />}>
                {description}
              </Dialog.Description>
            ) : null}
            {children}
          </div>
          {actions ? (
            <div className="safe-bottom border-line border-t">
              <div className="flex flex-col gap-2 p-4">{actions}</div>
            </div>
          ) : null}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
