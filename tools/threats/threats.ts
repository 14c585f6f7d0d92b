/** The threats we defend against, with their priorities; P0 must be shown by a test before a release. */
import { readFileSync } from 'node:fs';

export interface Threat {
  readonly id: string;
  readonly priority: 'P0' | 'P1' | 'P2';
  readonly title: string;
}

export const threats = JSON.parse(
  readFileSync(new URL('./threats.json', import.meta.url), 'utf8'),
) as readonly Threat[];
