/** What fields that find something ask: lists by a part of a name, of which they read no more than the name. */
import type { User } from '@gatehouse/contracts/admin/users.ts';
import { operation } from '../call.ts';
import type { PageOf, Paging } from './shapes.ts';

type Search = Paging & { readonly search?: string | undefined };

interface Named {
  readonly id: string;
  readonly name: string;
}

export const findDevices = operation<{ query: Search; answer: PageOf<Named> }>()(
  'listDevices',
  'GET',
  '/devices',
);
export const findUsers = operation<{ query: Search; answer: PageOf<User> }>()('listUsers', 'GET', '/users');
export const findGroups = operation<{ query: Paging; answer: PageOf<Named> }>()(
  'listGroups',
  'GET',
  '/groups',
);
export const findDevice = operation<{ answer: Named }>()('getDevice', 'GET', '/devices/:deviceId');
