/** The client of the suite's API. It knows no page and no React. */
export * from './catalog';
export * from './client';
export * from './hub';
export * from './problem';
export * from './session';
export * from './sse';
export { uuid } from './uuid';
