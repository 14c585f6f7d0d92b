/** Users and groups: the people whose devices are managed. */
export { findGroupByName, groupsOfUser, selectGroup } from './group-queries.ts';
export { findUserByEmail, selectUser, type UserRow } from './queries.ts';
export { userRoutes } from './routes.ts';
export { createUser, type UserDeps } from './users.ts';
