/**
 * Pure codecs: bytes to typed messages and back. Each format has a folder with its own index; import from there,
 * e.g. `@gatehouse/protocols/x509/index.ts`. What they share is the error.
 */
export { DecodeError, type DecodeErrorPlace } from './decode-error.ts';
