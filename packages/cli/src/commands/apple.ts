// `gatehouse apple`: what Apple's schema holds, and whether a file is right by it. Needs no server.
import {
  countFamilies,
  families,
  type Family,
  findByName,
  platforms,
  type SchemaType,
  supportMatrix,
} from '@gatehouse/protocols/apple-mdm/catalogue/index.ts';
import { type CliCommand, CommandError, UsageError } from '../command.ts';
import { table } from '../output.ts';
import { describeType } from './apple-describe.ts';
import { validateFile } from './apple-validate.ts';

export const appleCommands: readonly CliCommand[] = [
  {
    words: ['apple', 'catalogue'],
    summary: 'What is known of Apple’s device management schema: counts, or the types of a family.',
    positionals: [{ name: 'FAMILY', description: families.join(', '), optional: true }],
    async run({ positionals: [family] }) {
      if (family === undefined) return countFamilies();
      if (!isFamily(family))
        throw new UsageError(`there is no family ${family}; there are ${families.join(', ')}`);
      return supportMatrix(family);
    },
    print(result: ReturnType<typeof countFamilies> | ReturnType<typeof supportMatrix>) {
      const rows = result.map((row) =>
        'family' in row
          ? { ...row }
          : {
              name: row.name,
              ...Object.fromEntries(platforms.map((name) => [name, row.platforms[name]?.since ?? ''])),
              schema: row.release,
            },
      );
      return table(rows, Object.keys(rows[0] ?? {}));
    },
  } as CliCommand,
  {
    words: ['apple', 'catalogue', 'show'],
    summary: 'Keys, values and platforms of a payload, command, message, declaration or status item.',
    positionals: [{ name: 'NAME', description: 'com.apple.wifi.managed, DeviceLock, TokenUpdate, …' }],
    async run({ positionals: [name = ''] }) {
      const found = findByName(name);
      if (found.length === 0)
        throw new CommandError(`Apple’s schema knows no ${name}; see gatehouse apple catalogue`);
      return found;
    },
    print: (found: readonly SchemaType[]) => found.map(describeType).join('\n\n'),
  } as CliCommand,
  validateFile,
];

const isFamily = (word: string): word is Family => (families as readonly string[]).includes(word);
