/** Which of Apple's types the server writes, read from its source: the names that stand there as literals. */
import {
  type Family,
  findCommand,
  findDeclaration,
  findPayloadType,
} from '@gatehouse/protocols/apple-mdm/catalogue/index.ts';
import { readSourceFiles } from '../architecture/source-files.ts';

const apple = 'packages/server/src/platforms/apple';

export interface WrittenTypes {
  readonly commands: readonly string[];
  readonly payloads: readonly string[];
  readonly declarations: readonly string[];
}

export function readWrittenTypes(root: string): WrittenTypes {
  const files = readSourceFiles(root).filter(({ path, isTest }) => path.startsWith(`${apple}/`) && !isTest);
  const named = (folders: readonly string[], isKnown: (name: string) => boolean) => [
    ...new Set(
      files
        // What an administrator brings is read there, not written.
        .filter(({ path }) => !path.endsWith('/ready-made.ts'))
        .filter(({ path }) => folders.some((folder) => path.startsWith(`${apple}/${folder}/`)))
        .flatMap(({ literals }) => literals.map(({ text }) => text))
        .filter(isKnown),
    ),
  ];
  const known =
    (family: Family, find: (name: string) => { readonly family: Family } | undefined) => (name: string) =>
      find(name)?.family === family;
  return {
    commands: named(['commands', 'inventory'], known('commands', findCommand)),
    payloads: named(['desired-state', 'enrollment'], known('profiles', findPayloadType)),
    declarations: named(['desired-state'], known('declarations', findDeclaration)),
  };
}
