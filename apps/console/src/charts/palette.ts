/** The colours of the theme on screen, as a chart needs them: plain strings. */
export interface Palette {
  ink: string;
  muted: string;
  line: string;
  raised: string;
  jade: string;
  rose: string;
  brand: string;
}

/** Reads the tokens from the document; call again when the theme changes. */
export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    ink: token('ink'),
    muted: token('muted'),
    line: token('line'),
    raised: token('raised'),
    jade: token('jade-fill'),
    rose: token('rose-fill'),
    brand: token('brand-fill'),
  };
}
