/** Any body of the protocol, with the names of its elements known to the errors. */
import { decodeWbxml, type WbxmlElement, WbxmlPeek } from '../wbxml/index.ts';
import { nameOfTag } from './code-pages/index.ts';

/** @throws DecodeError */
export function decodeDocument(bytes: Uint8Array): WbxmlElement {
  return decodeWbxml(bytes, { nameOf: nameOfTag });
}

/** For a body that passes through: its root and the values below it as soon as they came. */
export function peekDocument(): WbxmlPeek {
  return new WbxmlPeek({ nameOf: nameOfTag });
}
