/** The colours of the theme on screen, as a chart needs them: plain strings. */
export interface Palette {
  ink: string;
  muted: string;
  line: string;
  raised: string;
  jade: string;
  rose: string;
  brand: string;
  /** The page's own font; the library would take another. */
  font: string;
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
    jade: token('jade'),
    rose: token('rose'),
    brand: token('brand-fill'),
    font: getComputedStyle(document.body).fontFamily,
  };
}
