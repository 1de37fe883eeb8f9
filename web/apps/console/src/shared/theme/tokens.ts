/**
 * The suite's look, in numbers: an ink bar, quiet grounds, one petrol accent. Colours for states are
 * dark enough, and in the dark mode light enough, to be read as text (WCAG AA on every ground).
 */

export const light = {
  ground: '#f4f6f4',
  paper: '#ffffff',
  sunken: '#ecefec',
  line: '#dce2de',
  field: '#8a9691',
  ink: '#16211e',
  inkSoft: '#52605b',
  accent: '#0e5e5a',
  accentDeep: '#0a4643',
  accentInk: '#ffffff',
  success: '#1d6a3b',
  warning: '#835500',
  error: '#a62a1e',
  info: '#265a8c',
  bar: '#12201d',
} as const;

export const dark = {
  ground: '#0f1513',
  paper: '#161e1b',
  sunken: '#1d2623',
  line: '#303c38',
  field: '#6f7d78',
  ink: '#e5ebe8',
  inkSoft: '#9fada8',
  accent: '#74cbc1',
  accentDeep: '#97ddd5',
  accentInk: '#06201d',
  success: '#7ccb96',
  warning: '#e2b663',
  error: '#f29a8a',
  info: '#92bdea',
  bar: '#0a100e',
} as const;

/** On the bar, which is ink in both modes. */
export const bar = { text: '#e9f1ee', textSoft: '#a9bbb5', hover: '#ffffff14', mark: '#8fd8cf', markInk: '#0b2320' };

export const fonts = {
  text: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", "DejaVu Sans", sans-serif',
  code: 'ui-monospace, "SF Mono", "Cascadia Mono", "Liberation Mono", "DejaVu Sans Mono", monospace',
} as const;

export const radius_px = 6;
export const spacing_px = 8;
export const barHeight_px = 52;
export const navWidth_px = 216;
/** No line of a page is longer than this, however wide the screen. */
export const pageWidthMax_px = 1_320;
/** Of a page that is read from the top to the bottom. */
export const readingWidth_px = 920;
