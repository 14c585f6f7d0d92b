// `gatehouse decode`: the protocol debugger. Reads what was captured with the very decoders that the server uses, and says
// where one of them stops.
import { readFileSync, statSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';
import { type CliCommand, CommandError, UsageError } from '../command.ts';
import { formats } from '../decode/formats.ts';
import { type InputForm, inputBytes, inputForms, mostInputBytes } from '../decode/input-bytes.ts';
import { type Presentable, readable } from '../decode/presentable.ts';

const list = formats.map(({ name, what }) => `${name} (${what})`).join(', ');

export const decodeCommands: readonly CliCommand[] = [
  {
    words: ['decode'],
    summary: `Decode a captured message or certificate: ${formats.map(({ name }) => name).join(', ')}.`,
    positionals: [
      { name: 'FORMAT', description: list },
      { name: 'FILE', description: 'the capture; - for standard input' },
    ],
    options: {
      input: {
        description: 'how the capture is written; by itself auto finds PEM, hex and base64',
        choices: inputForms,
      },
    },
    async run({ positionals, options }) {
      const [name, file = '-'] = positionals;
      const format = formats.find((candidate) => candidate.name === name);
      if (!format) throw new UsageError(`there is no format ${name}; there are ${list}`);
      const input = file === '-' ? await buffer(process.stdin) : readInput(file);
      if (input.length > mostInputBytes) throw tooLarge();
      try {
        const form = (options['input'] ?? 'auto') as InputForm;
        const pieces = inputBytes(input, form, format.pem);
        const decoded = pieces.map((piece) => format.decode(piece));
        return decoded.length === 1 ? decoded[0] : decoded;
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error;
        const { reason, offset, path } = error;
        throw new CommandError(`Not ${format.what}: ${error.message}`, {
          reason,
          ...(offset === undefined ? {} : { offset }),
          ...(path === undefined ? {} : { path }),
        });
      }
    },
    print: (result: Presentable) => readable(result),
  } as CliCommand,
];

function readInput(file: string): Buffer {
  try {
    if (statSync(file).size > mostInputBytes) throw tooLarge();
    return readFileSync(file);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`${file} cannot be read: ${(error as Error).message}`);
  }
}

function tooLarge(): CommandError {
  return new CommandError(`The input is larger than ${mostInputBytes / 1024 / 1024} MiB; no message is`);
}
