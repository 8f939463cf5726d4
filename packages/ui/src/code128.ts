/**
 * Code 128 (ISO/IEC 15417): each symbol character is three bars and three spaces, eleven modules
 * wide; the strings give the six widths. Index is the symbol value; 106 is Stop, thirteen wide.
 */
const widths = (
  '212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 ' +
  '221312 231212 112232 122132 122231 113222 123122 123221 223211 221132 ' +
  '221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 ' +
  '212123 212321 232121 111323 131123 131321 112313 132113 132311 211313 ' +
  '231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 ' +
  '231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 ' +
  '314111 221411 431111 111224 111422 121124 121421 141122 141221 112214 ' +
  '112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 ' +
  '111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 ' +
  '214121 412121 111143 111341 131141 114113 114311 411113 411311 113141 ' +
  '114131 311141 411131 211412 211214 211232 2331112'
).split(' ');

const startB = 104;
const startC = 105;
const codeB = 100;
const stop = 106;
const digitsMax = 48;

/** Symbol values of a string of digits: pairs in set C; an odd last digit in set B. */
function symbolValues(digits: string): number[] {
  const even = digits.length - (digits.length % 2);
  const values: number[] = [even > 0 ? startC : startB];
  for (let at = 0; at < even; at += 2) values.push(Number(digits.slice(at, at + 2)));
  if (even < digits.length) {
    if (even > 0) values.push(codeB);
    values.push(digits.charCodeAt(even) - 32);
  }
  return values;
}

/**
 * The bars of a string of 1 to 48 decimal digits, as true (bar) and false (space) modules,
 * without the quiet zones (ten modules on each side, to be added where it is drawn).
 * Throws a RangeError on anything else.
 */
export function code128(digits: string): boolean[] {
  if (!/^\d+$/.test(digits) || digits.length > digitsMax) {
    throw new RangeError(`A bar code here has 1 to ${digitsMax} digits.`);
  }
  const values = symbolValues(digits);
  const check = values.reduce((sum, value, index) => sum + value * Math.max(index, 1), 0) % 103;
  const modules: boolean[] = [];
  for (const value of [...values, check, stop]) {
    let bar = true;
    for (const width of widths[value] ?? '') {
      for (let n = 0; n < Number(width); n += 1) modules.push(bar);
      bar = !bar;
    }
  }
  return modules;
}
