import { prepareZXingModule, type ReaderOptions, readBarcodes } from 'zxing-wasm/reader';
import wasmUrl from 'zxing-wasm/reader/zxing_reader.wasm?url';

/** What a camera or a picture gave. */
export interface DecodedCode {
  text: string;
  format: 'qr' | 'barcode';
}

const options: ReaderOptions = {
  formats: ['QRCode', 'Code128'],
  tryHarder: true,
  maxNumberOfSymbols: 1,
  textMode: 'Plain',
};

let ready: Promise<unknown> | null = null;

/** Fetches the reader's WebAssembly from our own origin (its default is a public CDN). */
export function prepareReader(): Promise<unknown> {
  ready ??= prepareZXingModule({
    overrides: {
      locateFile: (path: string, prefix: string) => (path.endsWith('.wasm') ? wasmUrl : prefix + path),
    },
    fireImmediately: true,
  });
  return ready;
}

/** The first QR or Code 128 code in the pixels or the picture file, or null. */
export async function decodeImage(image: ImageData | Blob): Promise<DecodedCode | null> {
  await prepareReader();
  const found = (await readBarcodes(image, options)).find((code) => code.isValid && code.text !== '');
  return found ? { text: found.text, format: found.format === 'QRCode' ? 'qr' : 'barcode' } : null;
}
