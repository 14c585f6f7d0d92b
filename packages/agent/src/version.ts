/** The agent's version, as its package states it. */
import { readFileSync } from 'node:fs';

const description: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

export const agentVersion = String((description as { version?: unknown }).version ?? '0.0.0');
