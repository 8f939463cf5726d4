/** The most that a page may load before its first route, KiB of script after gzip: the budgets of the module map. */
export const budgetsKib: Readonly<Record<string, number>>;
/** The scripts of a built page's first route, the largest first, with their sizes in bytes. */
export function sizesOf(app: string): { file: string; gzip: number; brotli: number }[];
/** KiB of the scripts of an app's first route after gzip, or as browsers get it that take Brotli. */
export function firstKib(app: string, form?: 'gzip' | 'brotli'): number;
