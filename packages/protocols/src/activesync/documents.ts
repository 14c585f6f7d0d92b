/** Any body of the protocol, with the names of its elements known to the errors. */
import { DecodeError } from '../decode-error.ts';
import { decodeWbxml, type WbxmlElement, WbxmlPeek, type WbxmlTag } from '../wbxml/index.ts';
import { nameOfTag } from './code-pages/index.ts';
import { type CommandName, commandRow } from './commands.ts';

/** @throws DecodeError */
export function decodeDocument(bytes: Uint8Array): WbxmlElement {
  return decodeWbxml(bytes, { nameOf: nameOfTag });
}

/** For a body that passes through: its root and the values below it as soon as they came. */
export function peekDocument(): WbxmlPeek {
  return new WbxmlPeek({ nameOf: nameOfTag });
}

/**
 * A body must be of the command that the query names, or somebody behind us may take the other one's word (security rule EAS-T05).
 * @throws DecodeError
 */
export function requireCommandRoot(command: CommandName, root: WbxmlTag): void {
  if (commandRow(command).root !== root)
    throw new DecodeError(`the body is not that of ${command}`, {
      path: nameOfTag(root),
      reason: 'contradiction',
    });
}
