/** Lists of devices that numbers elsewhere lead to. */
import { addressWith } from '../../design/search-params.ts';

export const listOf = (q: string): string => addressWith('/devices', { q });

/** Those that do not meet a rule: its id, or its kind if policies bring it about. */
export const reasonQuery = (rule: string): string => `failing:${rule}`;
