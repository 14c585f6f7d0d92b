import { quoteText } from '@gatehouse/core/expressions/print.ts';
import { addressWith } from '../../design/search-params.ts';

/** The devices of one person, as a search. */
export const expressionOfUser = (userName: string): string => `user.name == ${quoteText(userName)}`;

export const devicesOfUser = (userName: string): string =>
  addressWith('/devices', { q: `= ${expressionOfUser(userName)}` });
