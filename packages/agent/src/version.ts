/** The agent's version, as its package states it. */
import { readFileSync } from 'node:fs';

const description = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

export const agentVersion = description.version;
