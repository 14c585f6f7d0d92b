/** Users and groups. */
import type {
  Group,
  GroupChanges,
  ListedGroup,
  ListedUser,
  NewGroup,
  NewUser,
  User,
  UserChanges,
} from '@gatehouse/contracts/admin/users.ts';
import { operation } from '../call.ts';
import type { PageOf, Paging } from './shapes.ts';

export const listUsers = operation<{
  query: Paging & { readonly search?: string | undefined; readonly state?: string | undefined };
  answer: PageOf<ListedUser>;
}>()('listUsers', 'GET', '/users');
export const createUser = operation<{ body: NewUser; answer: User }>()('createUser', 'POST', '/users');
export const readUser = operation<{ answer: User }>()('readUser', 'GET', '/users/:userId');
export const updateUser = operation<{ body: UserChanges; answer: User }>()(
  'updateUser',
  'PATCH',
  '/users/:userId',
);
export const deleteUser = operation()('deleteUser', 'DELETE', '/users/:userId');
export const listGroupsOfUser = operation<{ query: Paging; answer: PageOf<Group> }>()(
  'listGroupsOfUser',
  'GET',
  '/users/:userId/groups',
);

export const listGroups = operation<{ query: Paging; answer: PageOf<ListedGroup> }>()(
  'listGroups',
  'GET',
  '/groups',
);
export const createGroup = operation<{ body: NewGroup; answer: Group }>()('createGroup', 'POST', '/groups');
export const readGroup = operation<{ answer: Group }>()('readGroup', 'GET', '/groups/:groupId');
export const updateGroup = operation<{ body: GroupChanges; answer: Group }>()(
  'updateGroup',
  'PATCH',
  '/groups/:groupId',
);
export const deleteGroup = operation()('deleteGroup', 'DELETE', '/groups/:groupId');
export const listGroupMembers = operation<{ query: Paging; answer: PageOf<User> }>()(
  'listGroupMembers',
  'GET',
  '/groups/:groupId/members',
);
export const addGroupMember = operation()('addGroupMember', 'PUT', '/groups/:groupId/members/:userId');
export const removeGroupMember = operation()(
  'removeGroupMember',
  'DELETE',
  '/groups/:groupId/members/:userId',
);
