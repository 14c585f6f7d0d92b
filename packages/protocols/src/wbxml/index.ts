/** WBXML 1.3, without regard to what a document means: bytes, trees, and streams that are only looked at. */
export { decodeWbxml, decodeWbxmlBeginning } from './decode.ts';
export { encodeWbxml } from './encode.ts';
export { inspectedLimits, relayedLimits, type WbxmlLimits } from './limits.ts';
export { WbxmlPeek } from './peek.ts';
export { type WbxmlEvent, type WbxmlReading, WbxmlStreamReader } from './stream-reader.ts';
export {
  element,
  elementsOf,
  findChild,
  isElement,
  textOf,
  type WbxmlElement,
  type WbxmlNode,
  type WbxmlTag,
} from './tree.ts';
