import { encodeQR } from 'qr';

/** Quiet zone on each side, in modules (ISO/IEC 18004: four). */
export const qrQuiet = 4;

export type QrCorrection = 'low' | 'medium' | 'quartile' | 'high';

/** The modules of a QR code, row by row, with its quiet zone. */
export function qrMatrix(text: string, correction: QrCorrection = 'medium'): boolean[][] {
  return encodeQR(text, 'raw', { ecc: correction, border: qrQuiet });
}

/** One SVG path that fills the dark modules, runs of a row drawn as one. */
export function qrPath(matrix: boolean[][]): string {
  let d = '';
  matrix.forEach((row, y) => {
    let x = 0;
    while (x < row.length) {
      if (!row[x]) {
        x += 1;
        continue;
      }
      const from = x;
      while (x < row.length && row[x]) x += 1;
      d += `M${from} ${y}h${x - from}v1h${from - x}z`;
    }
  });
  return d;
}
