import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { code128 } from './code128.ts';
import { qrMatrix, qrPath } from './qr-matrix.ts';

const require = createRequire(import.meta.url);
prepareZXingModule({
  overrides: { wasmBinary: readFileSync(require.resolve('zxing-wasm/reader/zxing_reader.wasm')).buffer },
});

/** Pixels of rows of modules, each module `scale` pixels wide and high. */
function picture(rows, scale) {
  const height = rows.length * scale;
  const width = rows[0].length * scale;
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const dark = rows[Math.floor(y / scale)][Math.floor(x / scale)];
      if (dark) data.fill(0, (y * width + x) * 4, (y * width + x) * 4 + 3);
    }
  }
  return { data, width, height, colorSpace: 'srgb' };
}

async function read(rows, scale) {
  const found = await readBarcodes(picture(rows, scale), {
    formats: ['QRCode', 'Code128'],
    textMode: 'Plain',
  });
  return found.map((code) => ({ text: code.text, format: code.format }));
}

describe('a bar code', () => {
  test.each(['7', '42', '286', '6291234567890123456', '628012345678901234'])(
    'of %s reads back',
    async (digits) => {
      const quiet = Array.from({ length: 10 }, () => false);
      const row = [...quiet, ...code128(digits), ...quiet];
      const found = await read(
        Array.from({ length: 40 }, () => row),
        2,
      );
      expect(found).toEqual([{ text: digits, format: 'Code128' }]);
    },
  );

  test('refuses what is not 1 to 48 digits', () => {
    expect(() => code128('')).toThrow(RangeError);
    expect(() => code128('12a')).toThrow(RangeError);
    expect(() => code128('1'.repeat(49))).toThrow(RangeError);
  });
});

describe('a QR code', () => {
  const text = '00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115802CN';

  test('reads back, with its quiet zone of four modules', async () => {
    const rows = qrMatrix(text);
    expect(rows.slice(0, 4).flat().some(Boolean)).toBe(false);
    expect(await read(rows, 4)).toEqual([{ text, format: 'QRCode' }]);
  });

  test('is drawn as runs that cover exactly its dark modules', () => {
    const rows = qrMatrix('feiqian');
    let area = 0;
    for (const run of qrPath(rows).matchAll(/M\d+ \d+h(\d+)v1/g)) area += Number(run[1]);
    expect(area).toBe(rows.flat().filter(Boolean).length);
  });
});
