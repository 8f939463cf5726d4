export { Amount, type AmountSize } from './amount.tsx';
export {
  type Api,
  ApiError,
  type ApiOptions,
  createApi,
  type Problem,
  type RequestOptions,
  requestMsMax,
} from './api.ts';
export { Barcode } from './barcode.tsx';
export { Button, type ButtonKind, type ButtonProps, buttonClass, IconButton } from './button.tsx';
export { bankFaceClass, CardFace, CardLine, CardTail } from './card-face.tsx';
export { code128 } from './code128.ts';
export { contrastRatio } from './contrast.ts';
export { cx } from './cx.ts';
export type { DecodedCode } from './decode-image.ts';
export { EmptyState, ErrorNotice, Skeleton } from './feedback.tsx';
export { Checkbox, Field, type FieldProps, SelectField, Switch } from './field.tsx';
export {
  type Catalogue,
  catalogueDifference,
  type Language,
  languages,
  loadI18n,
  type SameShape,
  useLanguage,
  useUiText,
} from './i18n.ts';
export { createI18n } from './i18n-all.ts';
export { Keypad } from './keypad.tsx';
export { type KeypadKey, pressKey } from './keypad-entry.ts';
export { Disc, Fact, List, ListRow } from './list-row.tsx';
export { coinPath, Mark, Wordmark, wingPaths } from './mark.tsx';
export { formatMoney, type Minor, minorDigits, moneyParts, parseMinor, type SignMode } from './money-text.ts';
export { NavBar, type NavItem } from './nav-bar.tsx';
export { PageShell, Section } from './page-shell.tsx';
export { PinPad } from './pin-pad.tsx';
export { readPreference, writePreference } from './preference-store.ts';
export { ElderSwitcher, LanguageSwitcher, Segments, ThemeSwitcher } from './preferences.tsx';
export { QrCode } from './qr-code.tsx';
export { type ResultKind, ResultTick } from './result-tick.tsx';
export { preloadScanner, Scanner } from './scanner.tsx';
export type { ScannerProps } from './scanner-view.tsx';
export { Sheet } from './sheet.tsx';
export { Spinner } from './spinner.tsx';
export { Badge, type PaymentStatus, StatusBadge, type Tone } from './status-badge.tsx';
export { openStream, type StreamEvent, type StreamOptions, type StreamState, useStream } from './stream.ts';
export { Tabs } from './tabs.tsx';
export { applyPreferences, setElder, setTheme, type Theme, usePreferences } from './theme.ts';
export { cityZone, dayKey, formatAge, formatTime, type TimeStyle } from './time-text.ts';
export { Toaster, toast } from './toast.tsx';
