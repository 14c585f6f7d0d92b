// Where in an order a list begins that does not begin at its start: at the first whose name begins so, or who was seen since.
import { searchKey } from '@gatehouse/core/devices/search-words.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { DeviceSort, FoundPlace } from './list-queries.ts';

/** After every text that begins with the same, in the order of code points. */
const beyond = '\u{10ffff}';
const mostDevices = '9223372036854775807';

/** @returns the place after which the list goes on. @throws DomainError `invalid-input` */
export function beginningOf(sort: DeviceSort, from: string): FoundPlace {
  const downwards = sort.startsWith('-');
  const text = (key: string): FoundPlace => (downwards ? [key + beyond, mostDevices] : [key, '0']);
  switch (sort) {
    case 'name':
    case '-name':
      return text(from.trim().toLowerCase());
    case 'owner':
    case '-owner':
      return text(searchKey(from.trim()));
    case 'seen':
    case '-seen': {
      const time = new Date(from);
      if (Number.isNaN(time.getTime()))
        throw new DomainError('invalid-input', 'A list by last contact begins at a time.');
      return [time.toISOString(), '0'];
    }
    default:
      throw new DomainError(
        'invalid-input',
        'Only lists by name, owner or last contact can begin elsewhere than at their start.',
      );
  }
}
