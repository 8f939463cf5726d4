import { Flashlight, ImageUp, TextCursorInput } from 'lucide-react';
import { type ChangeEvent, type FormEvent, useEffect, useRef, useState } from 'react';
import { Button } from './button.tsx';
import { type CameraProblem, closeCamera, openCamera, readFrames, torchOf } from './camera.ts';
import { cx } from './cx.ts';
import { type DecodedCode, decodeImage, prepareReader } from './decode-image.ts';
import { Field } from './field.tsx';
import { useUiText } from './i18n.ts';
import { Spinner } from './spinner.tsx';

export interface ScannerProps {
  /** Told of each code; while the app works on one, set `paused`. */
  onCode: (code: DecodedCode | { text: string; format: 'pasted' }) => void;
  paused?: boolean;
  /** Leaves out the paste box (the till has its own hand-scanner field). */
  withoutPaste?: boolean;
  /** Line over the frame instead of the usual one. */
  hint?: string;
  className?: string;
}

type Torch = (on: boolean) => Promise<void>;

/** Camera into `video`, codes to `onCode`; the stream ends with the component or while paused. */
function useCamera(paused: boolean, onCode: ScannerProps['onCode']) {
  const video = useRef<HTMLVideoElement>(null);
  const latest = useRef(onCode);
  latest.current = onCode;
  const [state, setState] = useState<'starting' | 'live' | CameraProblem>('starting');
  const [torch, setTorch] = useState<{ set: Torch } | null>(null);

  useEffect(() => {
    if (paused) return;
    let stream: MediaStream | null = null;
    let stop: (() => void) | null = null;
    let gone = false;
    const start = async () => {
      void prepareReader();
      const opened = await openCamera();
      if (typeof opened === 'string') {
        if (!gone) setState(opened);
        return;
      }
      if (gone || !video.current) return closeCamera(opened);
      stream = opened;
      video.current.srcObject = opened;
      await video.current.play().catch(() => undefined);
      if (gone || !video.current) return;
      setState('live');
      const set = torchOf(opened);
      setTorch(set ? { set } : null);
      stop = readFrames(video.current, (code) => {
        navigator.vibrate?.(40);
        latest.current(code);
      });
    };
    void start();
    return () => {
      gone = true;
      stop?.();
      if (stream) closeCamera(stream);
    };
  }, [paused]);

  return { video, state, torch };
}

type Camera = ReturnType<typeof useCamera>;

/** Four corners around the place where the code belongs. */
function Frame({ live }: { live: boolean }) {
  const corner = 'absolute size-8 border-white';
  return (
    <div aria-hidden="true" className="absolute inset-0 flex items-center justify-center">
      <div className="relative aspect-square w-[68%] max-w-72">
        <span className={cx(corner, 'top-0 left-0 border-t-3 border-l-3')} />
        <span className={cx(corner, 'top-0 right-0 border-t-3 border-r-3')} />
        <span className={cx(corner, 'bottom-0 left-0 border-b-3 border-l-3')} />
        <span className={cx(corner, 'right-0 bottom-0 border-r-3 border-b-3')} />
        {live ? (
          <span className="fq-sweep absolute inset-x-2 top-0 h-[96%]">
            <span className="block h-0.5 w-full bg-brand-fill" />
          </span>
        ) : null}
      </div>
    </div>
  );
}

/** The picture of the camera, or why there is none. */
function Viewfinder({ camera, paused, hint }: { camera: Camera; paused: boolean; hint?: string }) {
  const t = useUiText();
  const { video, state } = camera;
  const problem = state === 'denied' || state === 'absent' || state === 'insecure' ? state : null;
  return (
    <div className="relative min-h-72 flex-1 overflow-hidden rounded-card bg-black text-white">
      <video
        ref={video}
        muted
        playsInline
        aria-label={t('scanner.label')}
        className={cx('absolute inset-0 size-full object-cover', state !== 'live' && 'opacity-0')}
      />
      {problem ? (
        <p role="alert" className="absolute inset-0 flex items-center justify-center p-8 text-center text-16">
          {t(`scanner.${problem}`)}
        </p>
      ) : (
        <>
          <Frame live={state === 'live' && !paused} />
          <p className="absolute inset-x-0 bottom-5 flex items-center justify-center gap-2 px-4 text-center text-14">
            {state === 'starting' || paused ? <Spinner size={16} /> : null}
            {state === 'starting' ? t('scanner.starting') : (hint ?? t('scanner.aim'))}
          </p>
        </>
      )}
    </div>
  );
}

function PasteForm({ onText }: { onText: (text: string) => void }) {
  const t = useUiText();
  const [text, setText] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim()) onText(text.trim());
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <Field
        label={t('scanner.pasteLabel')}
        value={text}
        onChange={(event) => setText(event.target.value)}
        maxLength={1000}
        autoComplete="off"
        spellCheck={false}
        autoFocus
      />
      <Button type="submit" kind="secondary" disabled={text.trim() === ''}>
        {t('scanner.use')}
      </Button>
    </form>
  );
}

const tool =
  'target flex flex-1 flex-col items-center justify-center gap-1 rounded-card py-2 text-14 text-ink hover:bg-sunken';

function PictureTool({ onCode, onNote }: { onCode: ScannerProps['onCode']; onNote: (note: string) => void }) {
  const t = useUiText();
  const picker = useRef<HTMLInputElement>(null);
  const read = async (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0];
    event.target.value = '';
    if (!file) return;
    onNote('');
    const code = await decodeImage(file).catch(() => null);
    if (code) onCode(code);
    else onNote(t('scanner.noCode'));
  };
  return (
    <>
      <input
        ref={picker}
        type="file"
        accept="image/*"
        hidden
        onChange={read}
        aria-label={t('scanner.picture')}
      />
      <button type="button" className={tool} onClick={() => picker.current?.click()}>
        <ImageUp size={22} strokeWidth={1.75} aria-hidden="true" />
        {t('scanner.picture')}
      </button>
    </>
  );
}

function TorchTool({ set }: { set: Torch }) {
  const t = useUiText();
  const [lit, setLit] = useState(false);
  const toggle = () => {
    setLit(!lit);
    void set(!lit).catch(() => undefined);
  };
  return (
    <button type="button" className={tool} aria-pressed={lit} onClick={toggle}>
      <Flashlight size={22} strokeWidth={1.75} aria-hidden="true" />
      {t('scanner.torch')}
    </button>
  );
}

/** The scanner itself; apps use `Scanner`, which loads this and the reader only when shown. */
export default function ScannerView({ onCode, paused = false, withoutPaste, hint, className }: ScannerProps) {
  const t = useUiText();
  const camera = useCamera(paused, onCode);
  const [pasting, setPasting] = useState(false);
  const [note, setNote] = useState('');
  return (
    <section className={cx('flex flex-col gap-3', className)}>
      <Viewfinder camera={camera} paused={paused} hint={hint} />
      {note ? (
        <p role="alert" className="text-14 text-rose">
          {note}
        </p>
      ) : null}
      <div className="flex gap-2">
        <PictureTool onCode={onCode} onNote={setNote} />
        {withoutPaste ? null : (
          <button type="button" className={tool} aria-expanded={pasting} onClick={() => setPasting(!pasting)}>
            <TextCursorInput size={22} strokeWidth={1.75} aria-hidden="true" />
            {t('scanner.paste')}
          </button>
        )}
        {camera.torch ? <TorchTool set={camera.torch.set} /> : null}
      </div>
      {pasting && !withoutPaste ? <PasteForm onText={(text) => onCode({ text, format: 'pasted' })} /> : null}
    </section>
  );
}
