import { readFileSync } from 'node:fs';
import { UsageError } from './command.ts';

export const input = {
  /** JSON given on the command line, or in a file as `@FILE`. */
  json(option: string, text: string): unknown {
    try {
      return JSON.parse(text.startsWith('@') ? readFileSync(text.slice(1), 'utf8') : text) as unknown;
    } catch (error) {
      throw new UsageError(`--${option} is not JSON: ${(error as Error).message}`);
    }
  },
};
