/** The most that a page's first route may load, KB of script after Brotli. */
export const limitsKb: { wallet: number; till: number; console: number };
/** The scripts that a built page loads before it shows its first route, with their sizes after Brotli and after gzip. */
export function firstScripts(app: string): { file: string; bytes: number; gzip: number }[];
/** Kilobytes (1024 bytes) of the first scripts of an app. */
export function firstKb(app: string): number;
