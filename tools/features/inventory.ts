/** What the system has to be able to do: every capability by its id, in areas. */
import { readFileSync } from 'node:fs';

export interface Area {
  readonly area: string;
  readonly capabilities: Readonly<Record<string, string>>;
}

export const inventory = JSON.parse(
  readFileSync(new URL('./inventory.json', import.meta.url), 'utf8'),
) as readonly Area[];
